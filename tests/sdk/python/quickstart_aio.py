"""The official Rooms quickstart with the asynchronous clients, unmodified but for two things: it makes its
own users, and it takes the connection string from the environment.

    acs-conformance exec -- python tests/sdk/python/quickstart_aio.py
"""
import asyncio
import os
from datetime import datetime, timedelta, timezone

from azure.communication.identity.aio import CommunicationIdentityClient
from azure.communication.rooms import ParticipantRole, RoomParticipant
from azure.communication.rooms.aio import RoomsClient
from azure.core.exceptions import HttpResponseError


async def main():
    connection_string = os.environ["ACS_CONNECTION_STRING"]
    print("Azure Communication Services - Rooms Quickstart")
    async with (
        CommunicationIdentityClient.from_connection_string(connection_string) as identity,
        RoomsClient.from_connection_string(connection_string) as client,
    ):
        await quickstart(identity, client)


async def quickstart(identity, client):
    user1, user2, user3 = [await identity.create_user() for _ in range(3)]

    valid_from = datetime.now(timezone.utc)
    room = await client.create_room(
        valid_from=valid_from,
        valid_until=valid_from + timedelta(weeks=4),
        pstn_dial_out_enabled=False,
        participants=[
            RoomParticipant(communication_identifier=user1, role=ParticipantRole.PRESENTER),
            RoomParticipant(communication_identifier=user2, role=ParticipantRole.CONSUMER),
        ],
    )
    print("\nCreated a room with id: ", room.id)

    retrieved = await client.get_room(room_id=room.id)
    print("\nRetrieved room with id: ", retrieved.id)

    updated = await client.update_room(
        room_id=room.id,
        valid_from=valid_from,
        valid_until=valid_from + timedelta(weeks=7),
        pstn_dial_out_enabled=True,
    )
    print(f"\nUpdated room with validFrom: {updated.valid_from}, validUntil: {updated.valid_until}"
          f" and pstn_dial_out_enabled: {updated.pstn_dial_out_enabled}")

    print("\nPrinting the first room in list")
    first = await anext(aiter(client.list_rooms()))
    print(f"Room Id: {first.id}\nCreated date time: {first.created_at}\nValid From: {first.valid_from}\n"
          f"Valid Until: {first.valid_until}\nPSTN Dial-Out Enabled: {first.pstn_dial_out_enabled}")

    await client.add_or_update_participants(
        room_id=room.id,
        participants=[
            RoomParticipant(communication_identifier=user2, role=ParticipantRole.ATTENDEE),
            RoomParticipant(communication_identifier=user3, role=ParticipantRole.COLLABORATOR),
        ],
    )
    print("\nAdd or update participants in room")

    print(f"\nParticipants in Room Id : {room.id}")
    async for participant in client.list_participants(room.id):
        print(participant.communication_identifier.properties["id"], participant.role)

    await client.remove_participants(room_id=room.id, participants=[user2])
    print("\nRemoved participants from room")

    await client.delete_room(room_id=room.id)
    print(f"\nDeleted room with id: {room.id}")
    try:
        await client.get_room(room_id=room.id)
        raise SystemExit("the room is still there")
    except HttpResponseError as error:
        assert error.status_code == 404, error
    for user in (user1, user2, user3):
        await identity.delete_user(user)


if __name__ == "__main__":
    asyncio.run(main())
