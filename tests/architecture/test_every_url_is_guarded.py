"""Default deny: every address names the permission it needs, or stands on the open list, with a reason."""

from django.urls import URLPattern, URLResolver, get_resolver

# Open to those not signed in, each with its reason. Add to it only with the data-protection officer.
OPEN = {
    "account_login": "signing in",
    "account_logout": "signing out",
    "mfa_authenticate": "second step of signing in",
    "mfa_login_webauthn": "signing in with a passkey",
    "services:demo_sign_in": "demo only, not routed in production",
    "services:invitation": "a one-time link",
    "services:setup": "a one-time code of the server, until there is an administrator",
    "kit:language": "choosing a language",
    "kit:accessibility": "the law demands a public statement",
    "kit:gallery": "components with made-up words, not routed in production",
    "kit:help": "no person in it",
    "healthz": "a machine asks whether the pages can be served, and learns nothing else",
}


def patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback


def test_every_address_is_guarded_or_open_for_a_reason():
    strays = [
        f"{name} — decorate the view with @needs(Permission.…), or with @open_to_all and name it here"
        for name, view in patterns(get_resolver())
        if not getattr(view, "guard", None) and name not in OPEN
    ]
    assert strays == []


def test_the_open_list_names_only_addresses_that_exist():
    names = {name for name, _ in patterns(get_resolver())}
    assert {name for name in OPEN if name not in names} == set()
