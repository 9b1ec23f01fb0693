"""Calls of the Python SDK with nothing around them; prints the seconds that they took."""
import os
import sys
import time

from azure.communication.rooms import RoomsClient

client = RoomsClient.from_connection_string(os.environ["ACS_CONNECTION_STRING"])
room = client.create_room()
began = time.perf_counter()
for _ in range(int(sys.argv[1])):
    client.get_room(room_id=room.id)
print(time.perf_counter() - began)
