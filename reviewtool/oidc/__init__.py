"""Signing in at a provider by OpenID Connect: `provider` asks it, `fetching` carries the words, `tokens` believes them.

Knows neither people nor pages. Loaded only where single sign-on is set.
"""
