"""Drives paramiko for clients/python.ts: a request a line on standard input, its answer a line on standard output."""
import base64
import json
import socket
import sys
import threading

import paramiko

LIMIT = 180


def load_key(file):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(file)
        except paramiko.SSHException:
            pass
    raise ValueError("not a key: " + file)


def authenticate(transport, user, login):
    method = login["method"]
    if method == "publickey":
        transport.auth_publickey(user, load_key(login["key"]))
    elif method == "password":
        transport.auth_password(user, login["password"], fallback=False)
    else:
        transport.auth_interactive(user, lambda title, text, prompts: [login["password"] for _ in prompts])


def execute(transport, command, stdin):
    channel = transport.open_session(timeout=LIMIT)
    channel.settimeout(LIMIT)
    channel.exec_command(command)

    def feed():
        try:
            channel.sendall(stdin)
            channel.shutdown_write()
        except OSError:
            pass  # the command ended before it had read all

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    errors = []
    collector = threading.Thread(target=lambda: errors.append(channel.makefile_stderr("rb").read()), daemon=True)
    collector.start()
    output = channel.makefile("rb").read()
    collector.join(LIMIT)
    status = channel.recv_exit_status()
    return status, output, b"".join(errors)


def answer(question):
    transport = paramiko.Transport(socket.create_connection((question["host"], question["port"]), LIMIT))
    try:
        suite = question.get("suite")
        options = transport.get_security_options()
        if suite:
            options.ciphers = (suite["cipher"],)
            if suite.get("mac"):
                options.digests = (suite["mac"],)
        if question.get("signature"):
            others = {"rsa-sha2-256", "rsa-sha2-512", "ssh-rsa"} - {question["signature"]}
            transport.disabled_algorithms = {"pubkeys": list(others)}
        transport.start_client(timeout=LIMIT)
        authenticate(transport, question["user"], question["login"])
        status, output, errors = execute(transport, question["command"], base64.b64decode(question["stdin"]))
        return reply(status, output, errors.decode(), False)
    except paramiko.AuthenticationException as error:
        return reply(None, b"", repr(error), True)
    except (paramiko.SSHException, OSError, EOFError) as error:
        return reply(None, b"", repr(error), False)
    finally:
        transport.close()


def reply(status, output, errors, refused):
    return {"status": status, "stdout": base64.b64encode(output).decode(), "stderr": errors, "refused": refused}


def facts():
    # What the library has, as a fresh connection would offer it.
    options = paramiko.Transport(socket.socketpair()[0]).get_security_options()
    return {"version": paramiko.__version__, "ciphers": options.ciphers, "macs": options.digests}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(facts() if "facts" in request else answer(request)), flush=True)
