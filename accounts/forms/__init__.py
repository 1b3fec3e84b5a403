"""Forms of sign-in (shown by allauth's views, see ACCOUNT_FORMS) and of people and roles."""
