// A skeleton of an adapter in JavaScript, for acs-conformance (adapter protocol v1, docs/adapters.md).
//
// It speaks the whole protocol and performs nothing yet. Try it:   acs-conformance sdk check 'node adapter.mjs'
// Then fill in the places marked TODO, one operation after the other, and try again.
import { createInterface } from "node:readline";

const clients = new Map(); // the open clients, by the name that the harness gave them

// Writes one message: the mark @@, a JSON object, a line feed. Whatever else the SDK prints to
// standard output is taken for a log, and never an error.
const say = (message) => process.stdout.write("@@" + JSON.stringify(message) + "\n");

function hello() {
  say({
    type: "hello",
    protocol: 1,
    sdk: { name: "TODO-package-name", version: "0.0.0", language: "javascript" }, // TODO ask the package
    runtime: { name: "Node", version: process.versions.node },
    os: `${process.platform} ${process.arch}`,
    // TODO the api-versions that the SDK can speak, its default first
    apiVersions: { rooms: ["2025-03-13"], identity: ["2023-10-01"] },
    // TODO what the SDK can do: "op:rooms.get", "arg:rooms.create.valid_from", "role:Presenter", …
    // Only what is declared is asked for; what is declared and then refused is a failure.
    features: [],
  });
}

// Makes a client. `message` holds `service` ("rooms" or "identity"), `connectionString` (or `endpoint`
// with `accessKey` or `tokenFile`) and `options`.
function openClient(message) {
  return {}; // TODO return { client: new SomeClient(message.connectionString) };
}

// Performs one operation and gives its value, with the wire's member names. An argument that is
// absent in `args` was not set; null means that the caller cleared it.
async function perform(client, op, args) {
  // TODO if (op === "rooms.get") {
  //   const room = await client.getRoom(args.room_id);
  //   return { id: room.id, createdAt: …, validFrom: …, validUntil: …, pstnDialOutEnabled: … };
  // }
  return undefined; // not adapted
}

// An exception of the SDK, in the harness's words.
function failure(error) {
  return {
    // TODO one of http, transport, timeout, cancelled, auth, validation, decode, unexpected
    kind: "unexpected",
    // TODO status: 404, code: "NotFound", requestId: "…", where the SDK tells them
    message: String(error.message),
    native: { type: error.name ?? "Error", text: String(error) },
  };
}

// Every call gets exactly one result.
async function call({ id, client: name, op, args }) {
  let outcome;
  try {
    const { client, error } = clients.get(name);
    if (error) throw error; // opening it went wrong: that is the outcome of its calls
    const value = await perform(client, op, args);
    outcome =
      value === undefined
        ? { unsupported: { feature: `op:${op}`, reason: "not adapted" } }
        : { ok: { value } };
  } catch (error) {
    outcome = { error: failure(error) };
  }
  say({ type: "result", id, outcome });
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  switch (message.type) {
    case "hello":
      hello();
      break;
    case "client.open":
      try {
        clients.set(message.client, openClient(message));
      } catch (error) {
        clients.set(message.client, { error });
      }
      break;
    case "client.update_key":
      break; // TODO only where the feature key-rotation is declared
    case "call":
      call(message); // not awaited: results may come in any order
      break;
    case "client.close":
      clients.delete(message.client);
      break;
    case "bye":
      process.exit(0);
  }
}
