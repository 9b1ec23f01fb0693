// The Rooms quickstart with the SDK for JavaScript, printing what the Python page prints.
//
//     acs-conformance exec -- node tests/sdk/javascript/quickstart.mjs
//
// ACS_SDK_MODULES names the folder whose node_modules holds the packages; else the current one.
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(process.env.ACS_SDK_MODULES ?? process.cwd(), "quickstart.js"));
const { CommunicationIdentityClient } = require("@azure/communication-identity");
const { RoomsClient } = require("@azure/communication-rooms");

const connectionString = process.env.ACS_CONNECTION_STRING;
const WEEK = 7 * 24 * 3600 * 1000;
const python = (value) => (value ? "True" : "False");

console.log("Azure Communication Services - Rooms Quickstart");
const identity = new CommunicationIdentityClient(connectionString);
const client = new RoomsClient(connectionString);
const users = [await identity.createUser(), await identity.createUser(), await identity.createUser()];
const [user1, user2, user3] = users;

const validFrom = new Date();
const room = await client.createRoom({
  validFrom,
  validUntil: new Date(validFrom.getTime() + 4 * WEEK),
  pstnDialOutEnabled: false,
  participants: [
    { id: user1, role: "Presenter" },
    { id: user2, role: "Consumer" },
  ],
});
console.log(`\nCreated a room with id:  ${room.id}`);

console.log(`\nRetrieved room with id:  ${(await client.getRoom(room.id)).id}`);

const updated = await client.updateRoom(room.id, {
  validFrom,
  validUntil: new Date(validFrom.getTime() + 7 * WEEK),
  pstnDialOutEnabled: true,
});
console.log(
  `\nUpdated room with validFrom: ${updated.validFrom.toISOString()}, validUntil: ` +
    `${updated.validUntil.toISOString()} and pstn_dial_out_enabled: ${python(updated.pstnDialOutEnabled)}`,
);

console.log("\nPrinting the first room in list");
for await (const first of client.listRooms()) {
  console.log(`Room Id: ${first.id}`);
  console.log(`Created date time: ${first.createdOn.toISOString()}`);
  console.log(`Valid From: ${first.validFrom.toISOString()}`);
  console.log(`Valid Until: ${first.validUntil.toISOString()}`);
  console.log(`PSTN Dial-Out Enabled: ${python(first.pstnDialOutEnabled)}`);
  break;
}

await client.addOrUpdateParticipants(room.id, [
  { id: user2, role: "Attendee" },
  { id: user3, role: "Collaborator" },
]);
console.log("\nAdd or update participants in room");

console.log(`\nParticipants in Room Id : ${room.id}`);
for await (const participant of client.listParticipants(room.id)) {
  console.log(`${participant.id.communicationUserId} ${participant.role}`);
}

await client.removeParticipants(room.id, [user2]);
console.log("\nRemoved participants from room");

await client.deleteRoom(room.id);
console.log(`\nDeleted room with id: ${room.id}`);
const gone = await client.getRoom(room.id).catch((error) => error);
if (gone.statusCode !== 404) throw new Error(`the deleted room was answered with ${gone.statusCode}`);
for (const user of users) await identity.deleteUser(user);
