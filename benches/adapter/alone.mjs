// Calls of the JavaScript SDK with nothing around them; prints the seconds that they took.
// ACS_SDK_MODULES: where node_modules is.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.env.ACS_SDK_MODULES ?? process.cwd(), "alone.js"));
const { RoomsClient } = require("@azure/communication-rooms");

const client = new RoomsClient(process.env.ACS_CONNECTION_STRING);
const room = await client.createRoom({});
const began = performance.now();
for (let call = 0; call < Number(process.argv[2]); call += 1) await client.getRoom(room.id);
console.log((performance.now() - began) / 1000);
