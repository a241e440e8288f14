"""Signing in at the desk: the desk's own form, the portal's limits and steps (allauth)."""

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.decorators import rate_limit
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy


class DeskSignInForm(AdminAuthenticationForm):
    """Wrong passwords count against the address and the machine, here and at the portal's door."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": gettext_lazy(
            "The address or the password is wrong, or this account does not enter the desk."
        )
    }

    def clean(self):
        address, password = (self.cleaned_data.get(key) for key in ("username", "password"))
        if address and password:
            adapter = get_adapter(self.request)
            self.user_cache = adapter.authenticate(self.request, email=address, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class DeskSignIn(LoginView):
    authentication_form = DeskSignInForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    @method_decorator(rate_limit(action="login"))
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        """Who signed up must have confirmed the address; who was made by a command need not."""
        user = form.get_user()
        method = EmailVerificationMethod
        login = Login(
            user=user,
            email_verification=method.MANDATORY if user.emailaddress_set.exists() else method.NONE,
            redirect_url=self.get_success_url(),
        )
        return perform_password_login(self.request, {"email": user.email}, login)
