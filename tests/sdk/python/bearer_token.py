"""Users and rooms with a bearer token in place of the access key.

    acs-conformance exec -- python tests/sdk/python/bearer_token.py
"""
import os
import time

from azure.communication.identity import CommunicationIdentityClient
from azure.communication.rooms import ParticipantRole, RoomParticipant, RoomsClient
from azure.core.credentials import AccessToken


class OneToken:
    """What a credential of azure-identity is to the SDK: something that gives tokens for scopes."""

    def get_token(self, *scopes, **options):
        assert scopes == ("https://communication.azure.com//.default",), scopes
        return AccessToken(os.environ["ACS_BEARER_TOKEN"], int(time.time()) + 3600)


def main():
    endpoint = os.environ["ACS_CONNECTION_STRING"].split(";")[0].removeprefix("endpoint=")
    identity = CommunicationIdentityClient(endpoint, OneToken())
    user = identity.create_user()
    client = RoomsClient(endpoint, OneToken())
    guest = RoomParticipant(communication_identifier=user, role=ParticipantRole.PRESENTER)
    room = client.create_room(participants=[guest])
    assert [one.role for one in client.list_participants(room.id)] == ["Presenter"]
    client.delete_room(room.id)
    identity.delete_user(user)
    print("with a token:", room.id)


if __name__ == "__main__":
    main()
