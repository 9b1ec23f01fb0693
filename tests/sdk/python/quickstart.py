"""The official Rooms quickstart with the blocking clients, unmodified but for two things: it makes its
own users, and it takes the connection string from the environment.

    acs-conformance exec -- python tests/sdk/python/quickstart.py
"""
import os
from datetime import datetime, timedelta, timezone

from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import ParticipantRole, RoomParticipant, RoomsClient
from azure.core.exceptions import HttpResponseError


def main():
    connection_string = os.environ["ACS_CONNECTION_STRING"]
    print("Azure Communication Services - Rooms Quickstart")
    identity = CommunicationIdentityClient.from_connection_string(connection_string)
    user1, user2, user3 = (identity.create_user() for _ in range(3))
    client = RoomsClient.from_connection_string(connection_string)

    valid_from = datetime.now(timezone.utc)
    room = client.create_room(
        valid_from=valid_from,
        valid_until=valid_from + timedelta(weeks=4),
        pstn_dial_out_enabled=False,
        participants=[
            RoomParticipant(communication_identifier=user1, role=ParticipantRole.PRESENTER),
            RoomParticipant(communication_identifier=user2, role=ParticipantRole.CONSUMER),
        ],
    )
    print("\nCreated a room with id: ", room.id)

    print("\nRetrieved room with id: ", client.get_room(room_id=room.id).id)

    updated = client.update_room(
        room_id=room.id,
        valid_from=valid_from,
        valid_until=valid_from + timedelta(weeks=7),
        pstn_dial_out_enabled=True,
    )
    print(f"\nUpdated room with validFrom: {updated.valid_from}, validUntil: {updated.valid_until}"
          f" and pstn_dial_out_enabled: {updated.pstn_dial_out_enabled}")

    print("\nPrinting the first room in list")
    first = next(iter(client.list_rooms()))
    print(f"Room Id: {first.id}\nCreated date time: {first.created_at}\nValid From: {first.valid_from}\n"
          f"Valid Until: {first.valid_until}\nPSTN Dial-Out Enabled: {first.pstn_dial_out_enabled}")

    client.add_or_update_participants(
        room_id=room.id,
        participants=[
            RoomParticipant(communication_identifier=user2, role=ParticipantRole.ATTENDEE),
            RoomParticipant(communication_identifier=user3, role=ParticipantRole.COLLABORATOR),
        ],
    )
    print("\nAdd or update participants in room")

    print(f"\nParticipants in Room Id : {room.id}")
    for participant in client.list_participants(room.id):
        print(participant.communication_identifier.properties["id"], participant.role)

    client.remove_participants(room_id=room.id, participants=[user2])
    print("\nRemoved participants from room")

    client.delete_room(room_id=room.id)
    print(f"\nDeleted room with id: {room.id}")
    try:
        client.get_room(room_id=room.id)
        raise SystemExit("the room is still there")
    except HttpResponseError as error:
        assert error.status_code == 404, error
    for user in (user1, user2, user3):
        identity.delete_user(user)


if __name__ == "__main__":
    main()
