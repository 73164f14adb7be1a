"""One settings file: safe for production unless the environment loosens it on purpose.

FOTSPOR_MODE   production (default) | demo | test. Demo and test accept synthetic people only; production refuses them.
FOTSPOR_HOME   folder for the database, keys, backups and logs; default `var/` beside the source.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from fotspor.config import limits
from fotspor.config.readiness import NO_DATABASE, has_name
from fotspor.config.secrets import secret_from_environment_or_file

BASE_DIR = Path(__file__).resolve().parents[2]
MODE = os.environ.get("FOTSPOR_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"FOTSPOR_MODE is {MODE!r}; it may be production, demo or test.")
IS_PRODUCTION = MODE == "production"
IS_DEMO = MODE == "demo"
HOME = Path(os.environ.get("FOTSPOR_HOME", BASE_DIR / "var"))

SECRET_KEY = secret_from_environment_or_file("FOTSPOR_SECRET_KEY", HOME, may_create=not IS_PRODUCTION)


# First key encrypts, all keys decrypt; see `fotspor/kit/encryption.py`.
def FIELD_KEYS_NOW() -> list[str]:
    """The keys as they stand now: a running worker asks again when it meets a value under a newer one."""
    return secret_from_environment_or_file("FOTSPOR_FIELD_KEYS", HOME, may_create=not IS_PRODUCTION).split(",")


FIELD_KEYS = FIELD_KEYS_NOW()
# Never rotated without re-indexing every person: see `fotspor/kit/encryption.py`.
INDEX_KEY = secret_from_environment_or_file("FOTSPOR_INDEX_KEY", HOME, may_create=not IS_PRODUCTION)

DEBUG = False
ALLOWED_HOSTS = [
    h for h in os.environ.get("FOTSPOR_HOSTS", "" if IS_PRODUCTION else "127.0.0.1,localhost").split(",") if h
]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("FOTSPOR_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_linear_migrations",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # The stack, bottom up; see `docs/explanation/the-house.md`.
    "fotspor.kit",
    "fotspor.access",
    "fotspor.services",
    "fotspor.people",
    "fotspor.worklist",
    "fotspor.instruments",
    "fotspor.pathways",
    "fotspor.operation",
    "fotspor.desk",
]
if not IS_PRODUCTION:
    INSTALLED_APPS += ["fotspor.simulation"]  # made-up people; never installed in production

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "fotspor.kit.middleware.NoNulls",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fotspor.services.middleware.CurrentMembership",
    "fotspor.services.middleware.refusals.TurnedAway",
    "fotspor.services.middleware.refusals.InTurn",
    "fotspor.kit.middleware.PrivatePages",
    "fotspor.kit.middleware.FormsOnly",
    "fotspor.kit.middleware.OncePosted",
]

ROOT_URLCONF = "fotspor.config.urls"
WSGI_APPLICATION = "fotspor.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "fotspor.kit.context.house",
                "fotspor.desk.context.rail",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "fotspor.kit.templatetags.kit",
            ],
            "string_if_invalid": "",
        },
    }
]

if IS_PRODUCTION and not os.environ.get("DATABASE_URL"):
    raise ImproperlyConfigured(NO_DATABASE)  # a SQLite file is chosen on purpose, never by forgetting
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'fotspor.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
elif DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # ADR 19: who may see what makes long statements. No machine code is made for them.
    DATABASES["default"]["OPTIONS"] = {"options": "-c jit=off", **DATABASES["default"].get("OPTIONS", {})}
# Shared by all workers, so that throttling and used sign-in codes count once for the whole site.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        # Beyond so many the oldest go: with Django's own 300, somebody could push the count of his own tries out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- sign-in ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "services.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "fotspor.services.passwords.NotOurOwnWords"},
    {"NAME": "fotspor.services.passwords.NotLeaked"},
]
# A file of leaked passwords that the municipality keeps up to date; see docs/reference/security-limits.md.
LEAKED_PASSWORDS = os.environ.get("FOTSPOR_LEAKED_PASSWORDS", "")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:day"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "fotspor.services.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/300s/key",  # five tries on one address in five minutes
    "change_password": "5/m/user",  # pragma: allowlist secret
    "reauthenticate": "10/m/user",
}
RATES = limits.rates(may_be_off=not IS_PRODUCTION)
RATED, RATED_WHEN_OPENED, NEVER_RATED = limits.RATED, limits.OPENED, limits.NEVER
# How many proxies of our own stand before us; without this a client could choose the address it is throttled by.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if os.environ.get("FOTSPOR_BEHIND_PROXY") else 0
MFA_ADAPTER = "fotspor.services.sign_in.MFAAdapter"
# A passkey belongs to a host name: there are none where the site is reached by a number.
HAS_PASSKEYS = any(has_name(host, may_be_local=MODE == "test") for host in ALLOWED_HOSTS)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *["webauthn"] * HAS_PASSKEYS]
MFA_PASSKEY_LOGIN_ENABLED = HAS_PASSKEYS
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # it stands for both password and code
MFA_FORMS = {
    "login_webauthn": "fotspor.services.passkey_forms.SignIn",
    "authenticate_webauthn": "fotspor.services.passkey_forms.Code",
    "reauthenticate_webauthn": "fotspor.services.passkey_forms.Again",
    "add_webauthn": "fotspor.services.passkey_forms.New",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE == "test"
MFA_TOTP_ISSUER = "Fotspor"

SESSION_ENGINE = "fotspor.services.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 60 * 60 * 10  # absolute limit: one long working day
SESSION_IDLE_SECONDS = 60 * 30
SESSION_WARNING_SECONDS = 60 * 2  # so long before either limit the page says so
SESSIONS_EACH = 5  # by password or passkey; one more ends the one that has been left alone the longest
SESSION_BANNER_SECONDS = 60 * 15  # so long before the longest day ends every page says so, also without JavaScript
# Forms that keep their own drafts: what is typed there is not kept once more.
FORMS_WITH_DRAFTS = ["instruments:response", "instruments:response_draft", "instruments:response_sign"]
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "fotspor.kit.views.forged"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
# By these names the browser itself takes cookies from this host alone, over TLS: no neighbour can plant one.
COOKIE_PREFIX = "__Host-" if IS_PRODUCTION else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "fotspor.kit.receipts.Storage"

# --- what the browser may do -----------------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_PRODUCTION
# A machine is never led on: one that asks without TLS would not notice. The answer holds nothing of anybody.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
# Not "no-referrer": browsers then send forms with the origin «null», and every form is refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("FOTSPOR_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# --- static files ----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

WHITENOISE_AUTOREFRESH = MODE == "test"  # tests have no collected files to index, and need none

# --- language and time -----------------------------------------------------------------------------------
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Norwegian bokmål")), ("nn", _("Norwegian nynorsk")), ("en", _("English"))]
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
FORMAT_MODULE_PATH = "fotspor.kit.formats"
LOCALE_PATHS = sorted((BASE_DIR / "fotspor").glob("*/locale"))  # before the words that packages have for the same

# --- facts and who responds to them, in stack order (house.md section 2) -----------------------------------
FACT_HANDLERS = [
    "fotspor.access.actions.respond_to",
    "fotspor.worklist.actions.respond_to",
    "fotspor.instruments.actions.respond_to",
    "fotspor.pathways.actions.respond_to",
]

# Whether a text tells of what a parent has answered: asked by the lower slices before another sector may read it.
ANSWERS_TOLD = "fotspor.pathways.queries.definitions.tells_of_answers"

# Only the demo makes a synthetic mother for a study id that no person carries.
SUBJECT_FOR_STUDY_ID = None if IS_PRODUCTION else "fotspor.simulation.people.mother_for_study_id"

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # letters and messages come with their outbox
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "fotspor.kit.log_lines.Lines"}, "plain": {}},
    # In production one JSON object to a line, for whatever collects them.
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines" if IS_PRODUCTION else "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
# Kind and place of an error, and nothing it holds; see `fotspor/kit/faults.py`.
DEFAULT_EXCEPTION_REPORTER = "fotspor.kit.faults.Report"
