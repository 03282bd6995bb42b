"""What llmdeploy says to GitHub and GitLab, and asks of them, in a pull request's pipeline."""
