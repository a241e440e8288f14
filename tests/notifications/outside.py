"""A mail server that is slow: another sender comes while it takes the first mail."""

from django.core.mail.backends.locmem import EmailBackend

meanwhile: list = []


class SlowBackend(EmailBackend):
    def send_messages(self, messages):
        while meanwhile:
            meanwhile.pop()()
        return super().send_messages(messages)
