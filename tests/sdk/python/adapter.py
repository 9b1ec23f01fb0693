"""Adapter of the Azure SDK for Python, `python adapter.py [--aio]`: protocol v1 of docs/adapters.md, a JSON
object a line on standard input, answers on standard output behind the mark @@."""
import asyncio, importlib, importlib.metadata, inspect, json, logging, platform, sys, time
from datetime import datetime, timedelta, timezone
from azure.core import credentials, exceptions
from azure.communication.identity import CommunicationUserIdentifier as User, _api_versions as identity_versions
from azure.communication.rooms import ParticipantRole, RoomParticipant, _api_versions as rooms_versions

AIO = "--aio" in sys.argv
module = lambda name: importlib.import_module(f"azure.communication.{name}{'.aio' if AIO else ''}")
CLIENTS = {"rooms": module("rooms").RoomsClient, "identity": module("identity").CommunicationIdentityClient}
PSTN = "pstn_dial_out_enabled" in inspect.signature(CLIENTS["rooms"].create_room).parameters
FEATURES = """op:rooms.* op:participants.* op:identity.* arg:rooms.create.valid_from arg:rooms.create.valid_until
    arg:rooms.create.participants arg:rooms.update.valid_from arg:rooms.update.valid_until arg:identity.create_user.scopes
    arg:identity.issue_token.expires_in_minutes app-id client-request-id custom-api-version key-rotation log-capture
    paging:by-page paging:continuation proxy raw-response retry-config timeout token-credential""".split()
open_clients = {}  # name -> (client, its key credential) or the exception that opening it raised
def say(kind, **members):
    print("@@" + json.dumps({"type": kind, **members}), flush=True)

def hello():
    versions = lambda module: sorted((v.value for v in module.ApiVersion), key=lambda v: v != module.DEFAULT_VERSION.value)
    features = FEATURES + [f"role:{role.value}" for role in ParticipantRole] + (["cancel"] if AIO else [])
    features += [f"arg:rooms.{each}.pstn_dial_out_enabled" for each in ("create", "update") if PSTN]
    say("hello", protocol=1, os=f"{platform.system()} {platform.machine()}", features=features,
        sdk={"name": "azure-communication-rooms", "version": importlib.metadata.version("azure-communication-rooms"), "language": "python",
             "flavour": "aio" if AIO else "sync", "issues": "https://github.com/Azure/azure-sdk-for-python/issues"},
        runtime={"name": platform.python_implementation(), "version": platform.python_version()},
        apiVersions={"rooms": versions(rooms_versions), "identity": versions(identity_versions)})

async def in_a_moment(value): return await value if inspect.isawaitable(value) else value
class TokenFile:  # a credential that reads its file whenever it is asked
    def __init__(self, path):
        token = lambda: credentials.AccessToken(open(path).read().strip(), int(time.time()) + 3600)
        self.get_token = lambda *scopes, **options: in_a_moment(token()) if AIO else token()
class SdkLog(logging.Handler):  # the SDK's own log, sent on
    def emit(self, record):
        level = next(name for floor, name in ((40, "error"), (30, "warning"), (20, "info"), (0, "debug")) if record.levelno >= floor)
        say("log", level=level, text=self.format(record)[:65536])

def open_client(message):
    options = message.get("options", {})
    retry, seconds = options.get("retry", {}), lambda where, name: where[name] / 1000 if name in where else None
    settings = {"api_version": options.get("apiVersion"), "user_agent": options.get("applicationId"), "retry_mode": retry.get("mode"),
                "retry_total": retry.get("maxRetries"), "retry_backoff_factor": seconds(retry, "delayMs"),
                "retry_backoff_max": seconds(retry, "maxDelayMs"), "connection_timeout": seconds(options, "timeoutMs"),
                "read_timeout": seconds(options, "timeoutMs"), "logging_enable": options.get("logLevel") == "debug" or None,
                "connection_verify": None if AIO else message.get("caFile")}  # aio would open a connection for each request
    if "logLevel" in options:
        logging.getLogger("azure").setLevel(options["logLevel"].upper())
        logging.getLogger("azure").handlers = [SdkLog()]
    settings = {name: value for name, value in settings.items() if value is not None}
    kind, key = CLIENTS[message["service"]], credentials.AzureKeyCredential(message["accessKey"]) if "accessKey" in message else None
    if "connectionString" in message:
        return kind.from_connection_string(message["connectionString"], **settings), None
    return kind(message["endpoint"], key or TokenFile(message["tokenFile"]), **settings), key

def people(args):
    role = lambda entry: {"role": entry["role"]} if "role" in entry else {}
    return [RoomParticipant(communication_identifier=User(each["id"]), **role(each)) for each in args["participants"]]
def room_args(args):  # absent stays absent
    when = lambda value: datetime.fromisoformat(value.replace("Z", "+00:00")) if value else value
    given = {name: when(args[name]) for name in ("valid_from", "valid_until") if name in args}
    return {**given, **{name: args[name] for name in ("room_id", "pstn_dial_out_enabled") if name in args}}

OPERATIONS = {
    "rooms.create": lambda c, a, s: c.create_room(**room_args(a), **({"participants": people(a)} if "participants" in a else {}), **s),
    "rooms.get": lambda c, a, s: c.get_room(a["room_id"], **s),
    "rooms.update": lambda c, a, s: c.update_room(**room_args(a), **s),
    "rooms.list": lambda c, a, s: listed(c.list_rooms(**s), a),
    "rooms.delete": lambda c, a, s: c.delete_room(a["room_id"], **s),
    "participants.list": lambda c, a, s: listed(c.list_participants(a["room_id"], **s), a),
    "participants.add_or_update": lambda c, a, s: c.add_or_update_participants(room_id=a["room_id"], participants=people(a), **s),
    "participants.remove": lambda c, a, s: c.remove_participants(room_id=a["room_id"], participants=[User(i) for i in a["participants"]], **s),
    "identity.create_user": lambda c, a, s: c.create_user_and_token(a["scopes"], **s) if "scopes" in a else c.create_user(**s),
    "identity.issue_token": lambda c, a, s: c.get_token(User(a["id"]), a["scopes"], **s),
    "identity.revoke_tokens": lambda c, a, s: c.revoke_tokens(User(a["id"]), **s),
    "identity.delete_user": lambda c, a, s: c.delete_user(User(a["id"]), **s),
}

async def listed(pages, args):  # all items, the first `take` of them, or the pages
    result, source = [], pages.by_page() if args.get("by_page") else pages
    if resume := args.get("resume"):  # leave after so many pages, and take up again from there
        for _ in range(resume): await in_a_moment(anext(source) if AIO else next(source))
        source = pages.by_page(continuation_token=source.continuation_token)
    async for item in each(source):
        result.append([one async for one in each(item)] if args.get("by_page") else item)
        if len(result) == args.get("take"): break
    return result
async def each(items):
    if AIO:
        async for item in items: yield item
    else:
        for item in items: yield item

def wire(value):  # with the wire's member names
    text = lambda when: when.astimezone(timezone.utc).isoformat() if isinstance(when, datetime) else when
    if isinstance(value, list): return [wire(item) for item in value]
    if isinstance(value, credentials.AccessToken): return {"token": value.token, "expiresOn": text(value.expires_on)}
    if isinstance(value, tuple): return {"id": value[0].raw_id, "accessToken": wire(value[1])}
    if isinstance(value, RoomParticipant): return {"rawId": value.communication_identifier.raw_id, "role": value.role}
    if value is None or not hasattr(value, "valid_from"): return value and {"id": value.raw_id}
    room = {"id": value.id, "createdAt": text(value.created_at), "validFrom": text(value.valid_from), "validUntil": text(value.valid_until)}
    return {**room, "pstnDialOutEnabled": value.pstn_dial_out_enabled} if PSTN else room

def failure(error, seen):
    answer = getattr(error, "response", None)
    kinds = [(exceptions.IncompleteReadError, "transport"), (exceptions.DecodeError, "decode"), (exceptions.HttpResponseError, "http" if answer else "unexpected"),
             ((exceptions.ServiceRequestTimeoutError, exceptions.ServiceResponseTimeoutError), "timeout"),
             ((exceptions.ServiceRequestError, exceptions.ServiceResponseError), "transport"),
             ((asyncio.CancelledError, asyncio.TimeoutError), "cancelled"),
             ((ValueError, TypeError, KeyError, AttributeError), "decode" if seen.get("status", 500) < 300 else "validation")]
    kind = next((name for kind, name in kinds if isinstance(error, kind)), "unexpected")
    more = {"status": getattr(error, "status_code", None) if kind in ("http", "decode") else None, "code": getattr(getattr(error, "error", None), "code", None),
                "requestId": answer is not None and (answer.headers.get("x-ms-request-id") or answer.headers.get("MS-CV")) or None}
    return {"kind": kind, "message": str(getattr(getattr(error, "error", None), "message", None) or error)[:65536],
            "native": {"type": type(error).__name__, "text": repr(error)[:65536]}, **{k: v for k, v in more.items() if v is not None}}

async def call(message):
    op, opts, seen, began = message["op"], message.get("opts", {}), {}, time.monotonic()
    args = {**message["args"], "resume": opts.get("resumeAfter")}
    see = lambda answer: seen.update(status=answer.http_response.status_code, headers=dict(answer.http_response.headers))
    settings = {"raw_response_hook": see, **({"request_id": opts["clientRequestId"]} if "clientRequestId" in opts else {})}
    settings |= {"token_expires_in": timedelta(minutes=args["expires_in_minutes"])} if args.get("expires_in_minutes") else {}
    unknown = {"unsupported": {"feature": f"op:{op}", "reason": "unknown operation"}}
    try:
        if isinstance(client := open_clients[message["client"]], Exception) and op in OPERATIONS: raise client
        working = in_a_moment(OPERATIONS[op](client[0], args, settings)) if op in OPERATIONS else None
        value = await asyncio.wait_for(working, opts["cancelAfterMs"] / 1000 if "cancelAfterMs" in opts else None) if working else None
        native = {"validFrom": type(value.valid_from).__name__} if hasattr(value, "valid_from") else {}
        outcome = {"ok": {"value": wire(value), "native": native}} if working else unknown
    except (Exception, asyncio.CancelledError) as error:
        outcome = {"error": failure(error, seen)}
    say("result", id=message["id"], outcome=outcome, timing={"ms": (time.monotonic() - began) * 1000}, **({"http": seen} if seen else {}))
async def main():
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        message = json.loads(line)
        kind, name = message["type"], message.get("client")
        if kind == "hello": hello()
        elif kind == "client.open":
            try: open_clients[name] = open_client(message)
            except Exception as error: open_clients[name] = error
        elif kind == "client.update_key": open_clients[name][1].update(message["accessKey"])
        elif kind == "call": await call(message)
        elif kind == "client.close":
            client = open_clients.pop(name)
            if hasattr(client[0] if isinstance(client, tuple) else client, "close"): await in_a_moment(client[0].close())
        elif kind == "bye": return

asyncio.run(main())
