"""A mail server for tests, on loopback. What it does with a mail is in the name of whom it goes to; what happens, it prints:
one JSON object a line."""

import argparse
import asyncio
import json
import ssl
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


class Handler:
    def __init__(self, slow):
        self.slow = slow
        self.seen = Counter()

    def first_time(self, address):
        self.seen[address] += 1
        return self.seen[address] == 1

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name.startswith("nobody"):
            say("refused", to=address)
            return f"550 5.1.1 <{address}>: nobody of that name"
        if name.startswith("unwanted"):
            say("refused", to=address)
            return "554 5.7.1 not from you"
        if name.startswith("later") and self.first_time(address):
            say("deferred", to=address)
            return "451 4.7.1 try again in a minute"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 yes"

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        name = address.split("@")[0]
        if name.startswith("cut") and self.first_time(address):
            say("cut", to=address)
            server.transport.abort()
            return "250 never said"
        mail = message_from_bytes(envelope.content, policy=policy.default)
        say(
            "taken",
            to=address,
            sender=envelope.mail_from,
            encrypted=server.transport.get_extra_info("sslcontext") is not None,
            user=session.auth_data and session.auth_data.login.decode(),
            headers={key.lower(): value for key, value in mail.items()},
            text=mail.get_body(("plain",)).get_content(),
        )
        if name.startswith("slow"):
            await asyncio.sleep(self.slow)
        if name.startswith("lost") and self.first_time(address):
            # The mail is here, and whoever sent it does not hear so.
            server.transport.abort()
        return "250 2.0.0 taken"


async def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--port", type=int, default=0)
    ask.add_argument("--slow", type=float, default=1)
    ask.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    ask.add_argument("--certificate")
    ask.add_argument("--key")
    ask.add_argument("--ascii", action="store_true", help="know no addresses but those of ASCII")
    ask.add_argument("--login", help="NAME:PASSWORD, without which nothing is taken")
    args = ask.parse_args()

    context = None
    if args.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)

    def authenticate(server, session, envelope, mechanism, auth):
        given = isinstance(auth, LoginPassword) and f"{auth.login.decode()}:{auth.password.decode()}"
        return AuthResult(success=given == args.login, handled=False, auth_data=auth)

    handler = Handler(args.slow)

    def server():
        return SMTP(
            handler,
            enable_SMTPUTF8=not args.ascii,
            tls_context=context if args.tls == "starttls" else None,
            require_starttls=args.tls == "starttls",
            auth_required=args.login is not None,
            auth_require_tls=args.tls == "starttls",
            authenticator=authenticate if args.login else None,
        )

    implicit = context if args.tls == "implicit" else None
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", args.port, ssl=implicit)
    say("listening", port=listener.sockets[0].getsockname()[1])
    await listener.serve_forever()


asyncio.run(main())
