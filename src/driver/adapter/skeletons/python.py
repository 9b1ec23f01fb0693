"""A skeleton of an adapter in Python, for acs-conformance (adapter protocol v1, docs/adapters.md).

It speaks the whole protocol and performs nothing yet. Try it:   acs-conformance sdk check 'python adapter.py'
Then fill in the places marked TODO, one operation after the other, and try again.
"""
import json
import platform
import sys

clients = {}  # the open clients, by the name that the harness gave them


def say(kind, **members):
    """Writes one message: the mark @@, a JSON object, a line feed; flushed at once.

    Whatever else the SDK prints to standard output is taken for a log, and never an error."""
    sys.stdout.write("@@" + json.dumps({"type": kind, **members}) + "\n")
    sys.stdout.flush()


def hello():
    say(
        "hello",
        protocol=1,
        sdk={"name": "TODO-package-name", "version": "0.0.0", "language": "python"},  # TODO ask the package
        runtime={"name": platform.python_implementation(), "version": platform.python_version()},
        os=platform.platform(),
        # TODO the api-versions that the SDK can speak, its default first
        apiVersions={"rooms": ["2025-03-13"], "identity": ["2023-10-01"]},
        # TODO what the SDK can do: "op:rooms.get", "arg:rooms.create.valid_from", "role:Presenter", …
        # Only what is declared is asked for; what is declared and then refused is a failure.
        features=[],
    )


def open_client(message):
    """Makes a client. `message` holds `service` ("rooms" or "identity"), `connectionString` (or
    `endpoint` with `accessKey` or `tokenFile`) and `options`."""
    return None  # TODO return SomeClient(message["connectionString"])


def perform(client, op, args):
    """Performs one operation and returns its value, with the wire's member names.

    An argument that is absent in `args` was not set; None means that the caller cleared it."""
    # TODO if op == "rooms.get":
    #     room = client.get_room(args["room_id"])
    #     return {"id": room.id, "createdAt": …, "validFrom": …, "validUntil": …, "pstnDialOutEnabled": …}
    raise NotImplementedError(op)


def failure(error):
    """An exception of the SDK, in the harness's words."""
    return {
        # TODO one of http, transport, timeout, cancelled, auth, validation, decode, unexpected
        "kind": "unexpected",
        # TODO "status": 404, "code": "NotFound", "requestId": "…", where the SDK tells them
        "message": str(error),
        "native": {"type": type(error).__name__, "text": repr(error)},
    }


def call(message):
    """Every call gets exactly one result."""
    try:
        client = clients[message["client"]]
        if isinstance(client, Exception):
            raise client  # opening it went wrong: that is the outcome of its calls
        outcome = {"ok": {"value": perform(client, message["op"], message["args"])}}
    except NotImplementedError:
        outcome = {"unsupported": {"feature": "op:" + message["op"], "reason": "not adapted"}}
    except Exception as error:
        outcome = {"error": failure(error)}
    say("result", id=message["id"], outcome=outcome)


for line in sys.stdin:
    message = json.loads(line)
    kind = message["type"]
    if kind == "hello":
        hello()
    elif kind == "client.open":
        try:
            clients[message["client"]] = open_client(message)
        except Exception as error:
            clients[message["client"]] = error
    elif kind == "client.update_key":
        pass  # TODO only where the feature key-rotation is declared
    elif kind == "call":
        call(message)
    elif kind == "client.close":
        clients.pop(message["client"], None)
    elif kind == "bye":
        break
