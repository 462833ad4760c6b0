"""Every setting in one flat file, read from the environment by readers that refuse nonsense by name."""

from pathlib import Path

from vivollo import env

BASE_DIR = Path(__file__).resolve().parent.parent

# Whether `manage.py up` runs this on one machine: only then is the demo's sign-in shown.
VIVOLLO_LOCAL = env.flag("VIVOLLO_LOCAL", default=False)

# Safety. Off is the default: only a developer turns DEBUG on.
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise env.EnvError("ALLOWED_HOSTS is not set. Name the hosts that serve this, for example support.example.com.")
SECURE_COOKIES = env.flag("SECURE_COOKIES", default=not DEBUG)
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", default=[])

SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE_COOKIES
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_TLS_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "channels",
    "django_htmx",
    "template_partials",
    "vivollo",
    "conversations",
    "handoff",
    "inbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "vivollo.security.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
# The visitor's door needs no session, sign-in or CSRF cookie: its credential is the signed token. Under ASGI
# its path runs through these natively asynchronous ones only (vivollo/asgi.py); each of the others would cost
# two thread hops a message.
VISITOR_MIDDLEWARE = ["vivollo.security.transport_security", "vivollo.security.content_security_policy"]

ROOT_URLCONF = "vivollo.urls"
ASGI_APPLICATION = "vivollo.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data.
DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_POOL_SIZE = env.integer("MESSAGE_POOL_SIZE", default=8, low=1, high=100)

# People.
AUTH_USER_MODEL = "handoff.Teammate"
LOGIN_URL = "inbox:sign_in"
LOGIN_REDIRECT_URL = "inbox:queue"
LOGOUT_REDIRECT_URL = "inbox:sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Live news and background work.
REDIS_URL = env.redis_url("REDIS_URL")
CHANNEL_LAYERS = {
    "default": {
        # The core layer loses messages with redis-py 8; see FACTS.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
CELERY_BROKER_URL = env.celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
WORKER_QUEUES = ["quick", "turns"]  # thinking must not keep quick tasks waiting
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_TASK_ROUTES = {"handoff.tasks.run_turn": {"queue": "turns"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": True,
    # A dead broker is noticed at once: whoever asks a worker goes on, and a sweep asks again.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = env.integer("SWEEP_SECONDS", default=2, low=1, high=60)
CELERY_BEAT_SCHEDULE = {
    **{
        f"a sign of life of {queue}": {
            "task": "vivollo.tasks.heartbeat",
            "schedule": 5,
            "args": [queue],
            "options": {"expires": 5, "queue": queue},
        }
        for queue in WORKER_QUEUES
    },
    "sweep the journal": {
        "task": "conversations.tasks.sweep",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "sweep the turns": {
        "task": "handoff.tasks.sweep_turns",
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    "ring the timers": {
        "task": "handoff.tasks.ring_timers",
        "schedule": 1,
        "options": {"expires": 1},
    },
}

# Which handlers hear of which event: kind → dotted paths of functions that take a list of such events.
EVENT_HANDLERS: dict[str, list[str]] = {
    "message.received": ["handoff.reactions.queue_turns"],
    "handoff.finished": ["handoff.reactions.queue_turns"],
    "chat.opened": ["handoff.reactions.greet"],
    "timer.rang": ["handoff.reactions.end_what_is_late", "handoff.reactions.queue_turns"],
    "conversation.resolved": ["handoff.reactions.queue_turns"],
}
# Tells the chat page who is speaking: a function of a conversation id that returns a Speaker.
CHAT_STATUS = "handoff.selectors.chat_status"
# Tells whether a chat page's flow speaks before the customer does: a function of a chat page's id.
CHAT_GREETS = "handoff.greetings.greets"
# What the chat page asks for when a visitor presses "Talk to a person".
CHAT_REQUEST_PERSON = "handoff.services.request_by_visitor"

# How long a turn stays ours without a sign of life, and how long the visitor must have been quiet before an
# answer goes out, in seconds.
TURN_LEASE_SECONDS = env.integer("TURN_LEASE_SECONDS", default=6, low=2, high=600)
TURN_SETTLE_MILLISECONDS = env.integer("TURN_SETTLE_MILLISECONDS", default=700, low=0, high=10_000)

# A flow's calls to outside services: what may be called although it is private (names, addresses, host:port, or
# networks such as 10.0.0.0/8), and the keys that seal the secrets, newest first; without any, one from SECRET_KEY.
OUTSIDE_PRIVATE_HOSTS = env.items("OUTSIDE_PRIVATE_HOSTS", default=[])
VAULT_KEYS = env.items("VAULT_KEYS", default=[])
if any(len(key) < env.SHORTEST_SECRET for key in VAULT_KEYS):
    raise env.EnvError(f"VAULT_KEYS has a key with fewer than {env.SHORTEST_SECRET} characters.")

# How long a flow may take to wrap a conversation up after the person has finished it.
WRAP_UP_SECONDS = env.integer("WRAP_UP_SECONDS", default=900, low=10, high=86_400)

# The visitor's place, beyond the time zone: a header that a trusted proxy sets, or a GeoIP file.
GEO_COUNTRY_HEADER = env.text("GEO_COUNTRY_HEADER", default="")
GEO_CITY_HEADER = env.text("GEO_CITY_HEADER", default="")
GEOIP_PATH = env.text("GEOIP_PATH", default="")
VISITOR_TOKEN_DAYS = env.integer("VISITOR_TOKEN_DAYS", default=180, low=1, high=3650)

# Against floods: what one visitor may post in a minute (messages, and all their other doings), and how many new
# visitors may come from one address to one chat page. The address is the connection's, or the last one in the header
# of a trusted proxy; where neither tells it, nobody is counted.
VISITOR_POSTS_A_MINUTE = env.integer("VISITOR_POSTS_A_MINUTE", default=120, low=1, high=1_000_000)
SIGN_IN_TRIES_A_MINUTE = env.integer("SIGN_IN_TRIES_A_MINUTE", default=30, low=1)
VISITOR_ARRIVALS_A_MINUTE = env.integer("VISITOR_ARRIVALS_A_MINUTE", default=60, low=1, high=1_000_000)
CLIENT_ADDRESS_HEADER = env.text("CLIENT_ADDRESS_HEADER", default="X-Forwarded-For" if SECURE_PROXY_SSL_HEADER else "")

# Words and times.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("tr", "Türkçe")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Files.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "var" / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # these two log whole addresses and headers, which may hold secrets
        "httpcore": {"level": "WARNING"},
    },
}
# The admin's theme: the product's neutral and teal in the theme's steps, and our own shell (vivollo/admin_site.py).
UNFOLD = {
    "SITE_TITLE": "Vivollo",
    "SITE_HEADER": "Vivollo",
    "SITE_SUBHEADER": "Live handoff",
    "SITE_SYMBOL": "swap_horiz",
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "DASHBOARD_CALLBACK": "vivollo.admin_site.dashboard",
    "SIDEBAR": {"show_search": False, "navigation": "vivollo.admin_site.navigation"},
    "STYLES": ["vivollo.admin_site.tokens", "vivollo.admin_site.style"],
    "SCRIPTS": ["vivollo.admin_site.script"],
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% 0.014 195)",
            "100": "oklch(94.5% 0.028 195)",
            "200": "oklch(89.5% 0.05 195)",
            "300": "oklch(82% 0.075 195)",
            "400": "oklch(73% 0.085 195)",
            "500": "oklch(62% 0.09 195)",
            "600": "oklch(50% 0.085 195)",
            "700": "oklch(44% 0.075 195)",
            "800": "oklch(38% 0.065 195)",
            "900": "oklch(32% 0.05 195)",
            "950": "oklch(24% 0.04 195)",
        },
        "base": {
            "50": "oklch(97.6% 0.004 78)",
            "100": "oklch(95.6% 0.005 78)",
            "200": "oklch(91.5% 0.006 78)",
            "300": "oklch(86% 0.008 78)",
            "400": "oklch(71% 0.011 78)",
            "500": "oklch(55.5% 0.013 78)",
            "600": "oklch(44% 0.013 78)",
            "700": "oklch(37% 0.012 78)",
            "800": "oklch(29% 0.01 78)",
            "900": "oklch(21.5% 0.008 78)",
            "950": "oklch(16% 0.007 78)",
        },
    },
}
