from tests import environment

environment.enter()

from fundportal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Else every new test client looks for all files of the front end first.
WHITENOISE_AUTOREFRESH = True
