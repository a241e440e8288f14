"""One settings file: everything that differs between machines comes from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from fundportal import embedded, logs, schedule, storage
from fundportal.env import ROOT, Misconfigured, address, database, mailbox, number, read, secrets

BASE_DIR = ROOT
VAR_DIR = embedded.VAR_DIR

SITE_URLS = ("https://fund.example.org", "http://127.0.0.1:8000")
REDIS_URLS = ("redis://host:6379/0", "rediss://host:6379/0", "unix:///run/redis.sock?db=0")
GATEWAY_URLS = ("https://openapi.alipay.com/gateway.do", "http://127.0.0.1:9000/gateway.do")
MIB = 1024 * 1024
WEEK_S = 7 * 24 * 3600

DEBUG = read("bool", "DEBUG", False)
[SECRET_KEY] = secrets("SECRET_KEY", debug=DEBUG, least=50)
FIELD_ENCRYPTION_KEYS = secrets("FIELD_ENCRYPTION_KEYS", debug=DEBUG, least=43, several=True)
ALLOWED_HOSTS = read("list", "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
if not DEBUG and not ALLOWED_HOSTS:
    raise Misconfigured("ALLOWED_HOSTS must name the hosts of the portal when DEBUG is off.")
CSRF_FAILURE_VIEW = "grants.web.keeping.csrf_failed"
CSRF_TRUSTED_ORIGINS = read("list", "CSRF_TRUSTED_ORIGINS", [])
PORT = number("PORT", 8000, least=1, most=65535)
SITE_URL = address("SITE_URL", f"http://127.0.0.1:{PORT}", like=SITE_URLS)
SITE_URL = SITE_URL.rstrip("/")

INSTALLED_APPS = [
    "grants.apps.DeskConfig",
    "grants.apps.GrantsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "django_linear_migrations",
    "drf_spectacular",
    "pgtrigger",
    "rest_framework",
    "rules",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "grants.web.middleware.private_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "grants.web.middleware.language_of_the_profile",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "grants.web.middleware.RefusedMiddleware",
]
ROOT_URLCONF = "fundportal.urls"
WSGI_APPLICATION = "fundportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "grants.web.context.portal",
            ],
            "builtins": ["grants.templatetags.portal"],
        },
    }
]

DATABASES = {
    "default": database("DATABASE_URL", embedded.database_url())
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = address("REDIS_URL", embedded.redis_url(), like=REDIS_URLS, path=r"/?\d*")

AUTH_USER_MODEL = "grants.User"
# The address is unique without regard to case: a constraint on lower(email) says so.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "grants.web.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "grants.web.forms.account.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [
    ("tabler/css", ROOT / "node_modules/@tabler/core/dist/css"),
    ("tabler/img", ROOT / "node_modules/@tabler/core/dist/img"),
    ("inter", ROOT / "node_modules/@fontsource-variable/inter"),
    ("echarts", ROOT / "node_modules/echarts/dist"),
]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = False
MEDIA_ROOT = Path(read("str", "MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = storage.storages(debug=DEBUG)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * MIB
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * MIB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DOCUMENT_MAX_BYTES = number("DOCUMENT_MAX_BYTES", 200 * MIB, least=MIB, most=1024 * MIB)
CLAMAV_URL = address("CLAMAV_URL", like=("tcp://127.0.0.1:3310", "unix:///run/clamav/clamd.ctl"))

EMAIL_URL = read("str", "EMAIL_URL", "")
if EMAIL_URL:
    vars().update(read("dj_email_url", "EMAIL_URL"))
    if "EMAIL_BACKEND" not in vars():
        raise Misconfigured("EMAIL_URL must begin with submission://, smtp:// or console://.")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = read("str", "DEFAULT_FROM_EMAIL", "AMOS Fund <fund@amos.example>")
REPLY_ADDRESS = mailbox("REPLY_ADDRESS")
INBOUND_MAIL_TOKEN = secrets("INBOUND_MAIL_TOKEN", least=32, needed=False)[0]

CACHES = {
    "default": {
        "BACKEND": "fundportal.cache.SteadyRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Payments wait for a gateway; nobody else waits for them.
CELERY_TASK_ROUTES = {
    "grants.tasks.pay": {"queue": "money"},
    "grants.tasks.ask_for_returns": {"queue": "money"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 4
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = schedule.WHEN
CELERY_BEAT_SCHEDULER = "fundportal.beat.Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat" / "schedule")

# With ALIPAY_GATEWAY_URL set, payouts go there; else to the sandbox that `up` starts.
ALIPAY_GATEWAY_URL = address("ALIPAY_GATEWAY_URL", like=GATEWAY_URLS)
PAYOUT_RAIL = "alipay" if ALIPAY_GATEWAY_URL else "sandbox"
ALIPAY_GATEWAY_URL = ALIPAY_GATEWAY_URL or embedded.sandbox_url()
ALIPAY_APP_ID = read("str", "ALIPAY_APP_ID", "2026000000000001")
KEYS = VAR_DIR / "keys"
ALIPAY_PRIVATE_KEY_FILE = read("str", "ALIPAY_PRIVATE_KEY_FILE", str(KEYS / "portal-private.pem"))
ALIPAY_PUBLIC_KEY_FILE = read("str", "ALIPAY_PUBLIC_KEY_FILE", str(KEYS / "gateway-public.pem"))
ALIPAY_TIMEOUT_S = number("ALIPAY_TIMEOUT_S", 10.0, least=0.1, most=300)
# How long after a call “no such payment” may still mean “not booked yet”.
RAIL_NOT_FOUND_IS_FINAL_S = number("RAIL_NOT_FOUND_IS_FINAL_S", 60.0, least=0, most=WEEK_S)
# How long one call may take, its booking included; then nobody knows and the rail is asked.
PAYMENT_LEASE_S = number("PAYMENT_LEASE_S", 90.0, least=1, most=WEEK_S)
# The longest pause of a rail that answers only errors, before one call tries it again.
RAIL_LONGEST_STOP_S = number("RAIL_LONGEST_STOP_S", 600.0, least=1, most=WEEK_S)
# For how many days a payment to a bank card is asked about after it was paid.
RAIL_RETURNS_FOR_DAYS = number("RAIL_RETURNS_FOR_DAYS", 30.0, least=0, most=366)

# The account that bank files pay from; in development one that does not exist stands in for it.
BANK_DEBTOR_NAME = read("str", "BANK_DEBTOR_NAME", "AMOS 开发者基金会" if DEBUG else "")
BANK_DEBTOR_ACCOUNT = read("str", "BANK_DEBTOR_ACCOUNT", "1202026719900054321" if DEBUG else "")
BANK_DEBTOR_BANK = read("str", "BANK_DEBTOR_BANK", "中国工商银行杭州科技支行" if DEBUG else "")
BANK_DEBTOR_CNAPS = read("str", "BANK_DEBTOR_CNAPS", "102100099996" if DEBUG else "")
STATEMENT_MAX_BYTES = number("STATEMENT_MAX_BYTES", 50 * MIB, least=MIB, most=1024 * MIB)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "grants.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["grants.api.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "grants.api.pagination.KeyPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "grants.api.schema.Schema",
    "EXCEPTION_HANDLER": "grants.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AMOS fund portal",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "grants.api.schema.add_problem",
    ],
    "ENUM_NAME_OVERRIDES": {
        name: f"grants.{module}.{name}"
        for module, names in {
            "accounts.models": "OrganisationKind",
            "programs.lifecycle": "RoundState",
            "applications.lifecycle": "ApplicationState DocumentState ConflictState",
            "applications.models": "ConflictKind ConflictSource",
            "reviews.lifecycle": "AssignmentState ReviewState",
            "reviews.models": "Recommendation Confidence",
            "awards.lifecycle": "DecisionState AwardState",
            "awards.models": "Outcome",
            "milestones.lifecycle": "MilestoneState",
            "payouts.lifecycle": "PayeeState PayoutState BatchState AttemptState LineState",
            "payouts.models": "PayeeKind StatementKind Says MatchedBy",
            "ledger.models": "Place",
        }.items()
        for name in names.split()
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = read("bool", "SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]

PORTAL_NAME = _("AMOS Developer Fund")

LOGGING = logs.settings()
