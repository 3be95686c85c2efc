"""What Slack sends, one file per kind of surface: parse, submit, answer. No work is done here."""
