"""Who comes to an address at all. Every view carries one of these; a test walks the addresses."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django_htmx.http import HttpResponseClientRedirect

from fotspor.access.rules import Permission


def needs(*permissions: Permission):
    """Lets in a post whose role holds one of the permissions. Others signed in: 404. Signed out: to the sign-in."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            viewer = getattr(request, "viewer", None)
            if viewer is None or not any(viewer.may(permission) for permission in permissions):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.guard = permissions[0] if len(permissions) == 1 else permissions
        return guarded

    return guard


def open_to_all(reason: str):
    """Lets in everybody, also signed out. The reason stands in the list of open addresses."""

    def guard(view):
        @wraps(view)
        def opened(request, *args, **kwargs):
            return view(request, *args, **kwargs)

        opened.guard, opened.open_because = None, reason
        return opened

    return guard


def freshly_signed_in(view):
    """Asks for the password once more when it is some minutes ago. Practice people have none, so only in production."""
    if not settings.IS_PRODUCTION:
        return view
    from allauth.account.decorators import reauthentication_required  # needs the app registry

    return reauthentication_required(view)


def _to_sign_in(request):
    answer = redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    return HttpResponseClientRedirect(answer.url) if getattr(request, "htmx", False) else answer
