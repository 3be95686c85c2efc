"""A local Slack workspace: the server side of Slack's wire protocol, strict where Slack is."""
