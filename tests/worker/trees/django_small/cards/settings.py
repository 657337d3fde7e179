SECRET_KEY = "only for a test"
DEBUG = True
ROOT_URLCONF = "cards.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "cards.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
