"""What people see in Slack: pure functions from read models and facts to Block Kit. No clock."""
