// Adapter of the Azure SDK for JavaScript (Node): protocol v1 of docs/adapters.md, a JSON object a line on
// standard input, answers on standard output behind the mark @@. ACS_SDK_MODULES: where node_modules is, else here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(resolve(process.env.ACS_SDK_MODULES ?? process.cwd(), "adapter.js"));
const { RoomsClient } = require("@azure/communication-rooms");
const { CommunicationIdentityClient } = require("@azure/communication-identity");
const CLIENTS = { rooms: RoomsClient, identity: CommunicationIdentityClient };
const folder = /^.*node_modules.@azure.communication-rooms/.exec(require.resolve("@azure/communication-rooms"))[0];
const { version } = JSON.parse(readFileSync(resolve(folder, "package.json"), "utf8"));
const PSTN = version !== "1.0.0"; // the types of 1.0.0 know no PSTN, those of 1.1 no Collaborator
const COLLABORATOR = PSTN && !version.startsWith("1.1."), STABLE = PSTN ? "2024-04-15" : "2023-06-14";
const clients = new Map(); // name -> { client, key } or { error } of opening it

const say = (message) => process.stdout.write("@@" + JSON.stringify(message) + "\n");
const drop = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function hello() {
  const features = `op:rooms.* op:participants.* op:identity.* arg:rooms.create.valid_from arg:rooms.create.valid_until
    arg:rooms.create.participants arg:rooms.update.valid_from arg:rooms.update.valid_until arg:identity.create_user.scopes
    arg:identity.issue_token.expires_in_minutes role:Presenter role:Attendee role:Consumer app-id cancel client-request-id
    key-rotation log-capture paging:by-page proxy raw-response retry-config timeout token-credential`.split(/\s+/);
  if (COLLABORATOR) features.push("role:Collaborator");
  if (PSTN) features.push("arg:rooms.create.pstn_dial_out_enabled", "arg:rooms.update.pstn_dial_out_enabled");
  say({
    type: "hello", protocol: 1, os: `${process.platform} ${process.arch}`, features,
    sdk: { name: "@azure/communication-rooms", version, language: "javascript", issues: "https://github.com/Azure/azure-sdk-for-js/issues" },
    runtime: { name: "Node", version: process.versions.node },
    apiVersions: { rooms: [COLLABORATOR ? "2025-03-13" : STABLE], identity: ["2023-10-01"] },
  });
}

// A credential that reads its file whenever it is asked.
const read = (path) => ({ token: readFileSync(path, "utf8").trim(), expiresOnTimestamp: Date.now() + 3600_000 });
const tokenFile = (path) => ({ getToken: async () => read(path) });

function openClient({ service, connectionString, endpoint, accessKey, tokenFile: path, options = {} }) {
  const { applicationId, retry, logLevel } = options;
  const settings = drop({
    userAgentOptions: applicationId === undefined ? undefined : { userAgentPrefix: applicationId },
    retryOptions: retry && drop({ maxRetries: retry.maxRetries, retryDelayInMs: retry.delayMs, maxRetryDelayInMs: retry.maxDelayMs }),
  });
  if (logLevel) captureLog(logLevel === "debug" ? "verbose" : logLevel);
  const given = { timeout: options.timeoutMs };
  if (connectionString !== undefined) return { client: new CLIENTS[service](connectionString, settings), given };
  const key = accessKey === undefined ? undefined : new (require("@azure/core-auth").AzureKeyCredential)(accessKey);
  return { client: new CLIENTS[service](endpoint, key ?? tokenFile(path), settings), key, given };
}

function captureLog(level) {
  const logger = require("@azure/logger");
  const levels = { verbose: "debug", info: "info", warning: "warning", error: "error" };
  logger.AzureLogger.log = (...words) => {
    const text = words.join(" ").slice(0, 65536);
    say({ type: "log", level: levels[/^azure:[^ ]*:(verbose|info|warning|error)/.exec(text)?.[1]] ?? "info", text });
  };
  logger.setLogLevel(level);
}

const user = (communicationUserId) => ({ communicationUserId });
const people = (entries) => entries.map((entry) => drop({ id: user(entry.id), role: entry.role }));
const time = (text) => (typeof text === "string" ? new Date(text) : text);
const room = (args) => drop({ validFrom: time(args.valid_from), validUntil: time(args.valid_until), pstnDialOutEnabled: args.pstn_dial_out_enabled });
const lifetime = (args) => drop({ tokenExpiresInMinutes: args.expires_in_minutes });

const OPERATIONS = {
  "rooms.create": (c, a, o) => c.createRoom({ ...room(a), ...(a.participants && { participants: people(a.participants) }), ...o }),
  "rooms.get": (c, a, o) => c.getRoom(a.room_id, o),
  "rooms.update": (c, a, o) => c.updateRoom(a.room_id, { ...room(a), ...o }),
  "rooms.list": (c, a, o) => listed(c.listRooms(o), a),
  "rooms.delete": (c, a, o) => c.deleteRoom(a.room_id, o),
  "participants.list": (c, a, o) => listed(c.listParticipants(a.room_id, o), a),
  "participants.add_or_update": (c, a, o) => c.addOrUpdateParticipants(a.room_id, people(a.participants), o),
  "participants.remove": (c, a, o) => c.removeParticipants(a.room_id, a.participants.map(user), o),
  "identity.create_user": (c, a, o) => (a.scopes ? c.createUserAndToken(a.scopes, { ...lifetime(a), ...o }) : c.createUser(o)),
  "identity.issue_token": (c, a, o) => c.getToken(user(a.id), a.scopes, { ...lifetime(a), ...o }),
  "identity.revoke_tokens": (c, a, o) => c.revokeTokens(user(a.id), o),
  "identity.delete_user": (c, a, o) => c.deleteUser(user(a.id), o),
};

async function listed(items, { take, by_page }) {
  const result = [];
  for await (const item of by_page ? items.byPage() : items) {
    result.push(item);
    if (result.length === take) break;
  }
  return result;
}

function wire(value) {
  if (Array.isArray(value)) return value.map(wire);
  if (value === undefined || value === null) return null;
  if (value.user) return drop({ id: value.user.communicationUserId, accessToken: value.token && wire({ ...value, user: undefined }) });
  if (value.communicationUserId !== undefined) return { id: value.communicationUserId };
  if (value.token !== undefined) return drop({ token: value.token, expiresOn: value.expiresOn });
  if (value.id?.kind) return drop({ rawId: value.id.communicationUserId ?? value.id.id, role: value.role });
  const { id, createdOn, validFrom, validUntil, pstnDialOutEnabled } = value;
  return drop({ id, createdAt: createdOn, validFrom, validUntil, ...(PSTN && { pstnDialOutEnabled }) });
}

function failure(error, seen, cancels) {
  const kind = // a time limit and a cancellation come to the same AbortError: only one of them was asked for
    error.name === "AbortError" ? (cancels ? "cancelled" : "timeout")
    : error.code === "PARSE_ERROR" || (error.statusCode === undefined && seen?.status < 300) ? "decode"
    : error.statusCode !== undefined ? "http"
    : /TIMEDOUT|TIMEOUT/.test(error.code) || error.name === "TimeoutError" ? "timeout"
    : error.name === "RestError" ? "transport"
    : "validation";
  return drop({
    kind, status: error.statusCode, code: kind === "http" ? error.code : undefined, message: String(error.message).slice(0, 65536),
    requestId: error.response?.headers.get("x-ms-request-id") ?? error.response?.headers.get("ms-cv"),
    native: { type: error.name ?? "Error", text: String(error).slice(0, 65536) },
  });
}

async function call({ id, client: name, op, args, opts = {} }) {
  const { client, error, given } = clients.get(name) ?? {}, began = performance.now();
  let seen, outcome;
  const onResponse = ({ status, headers }) => (seen = { status, headers: headers.toJSON() });
  const abortSignal = opts.cancelAfterMs && AbortSignal.timeout(opts.cancelAfterMs);
  const customHeaders = opts.clientRequestId && { "x-ms-client-request-id": opts.clientRequestId };
  try {
    if (!OPERATIONS[op]) outcome = { unsupported: { feature: `op:${op}`, reason: "unknown operation" } };
    else if (error) throw error;
    else {
      const value = await OPERATIONS[op](client, args, drop({ onResponse, abortSignal, requestOptions: drop({ ...given, customHeaders }) }));
      const native = value?.validFrom === undefined ? {} : { validFrom: value.validFrom.constructor.name };
      outcome = { ok: { value: wire(value), native } };
    }
  } catch (caught) {
    outcome = { error: failure(caught, seen, opts.cancelAfterMs) };
  }
  say(drop({ type: "result", id, outcome, http: seen, timing: { ms: performance.now() - began } }));
}

// rooms before 1.2.0 drops promises: their errors end Node, which here they must not.
process.on("unhandledRejection", (error) => console.error("dropped by the SDK:", error));
const open = (message) => { try { return openClient(message); } catch (error) { return { error }; } };
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.type === "hello") hello();
  else if (message.type === "client.open") clients.set(message.client, open(message));
  else if (message.type === "client.update_key") clients.get(message.client).key.update(message.accessKey);
  else if (message.type === "call") call(message); // not awaited: results may come in any order
  else if (message.type === "client.close") clients.delete(message.client);
  else if (message.type === "bye") process.exit(0);
}
