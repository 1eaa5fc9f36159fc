"""Drives asyncssh for clients/python.ts: a request a line on standard input, its answer a line on standard output."""
import asyncio
import base64
import json
import sys

import asyncssh
from asyncssh.encryption import get_encryption_algs
from asyncssh.mac import get_mac_algs

LIMIT = 180


class Client(asyncssh.SSHClient):
    def __init__(self, password):
        self._password = password
        self._submethods = ""

    def kbdint_auth_requested(self):
        # Once: it would ask again after each failure.
        submethods, self._submethods = self._submethods, None
        return submethods

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        return [self._password for _ in prompts]


async def answer(question):
    login = question["login"]
    options = {
        "host": question["host"],
        "port": question["port"],
        "username": question["user"],
        "known_hosts": None,
        "config": None,
        "agent_path": None,
        "client_keys": [login["key"]] if login["method"] == "publickey" else None,
        "preferred_auth": login["method"],
        "login_timeout": LIMIT,
        "client_factory": lambda: Client(login.get("password")),
    }
    if login["method"] == "password":
        options["password"] = login["password"]
    suite = question.get("suite")
    if suite:
        options["encryption_algs"] = [suite["cipher"]]
        if suite.get("mac"):
            options["mac_algs"] = [suite["mac"]]
    if question.get("signature"):
        options["signature_algs"] = [question["signature"]]
    try:
        async with asyncssh.connect(**options) as connection:
            # Empty input would not be followed by EOF.
            stdin = base64.b64decode(question["stdin"])
            feed = {"input": stdin} if stdin else {"stdin": asyncssh.DEVNULL}
            run = connection.run(question["command"], encoding=None, **feed)
            result = await asyncio.wait_for(run, LIMIT)
            return reply(result.exit_status, result.stdout, result.stderr.decode(), False)
    except asyncssh.PermissionDenied as error:
        return reply(None, b"", repr(error), True)
    except (asyncssh.Error, OSError, asyncio.TimeoutError) as error:
        return reply(None, b"", repr(error), False)


def reply(status, output, errors, refused):
    return {"status": status, "stdout": base64.b64encode(output).decode(), "stderr": errors, "refused": refused}


def facts():
    names = lambda algorithms: [name.decode() for name in algorithms]
    return {"version": asyncssh.__version__, "ciphers": names(get_encryption_algs()), "macs": names(get_mac_algs())}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(facts() if "facts" in request else asyncio.run(answer(request))), flush=True)
