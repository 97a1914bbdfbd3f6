"""The page, served with the headers of CloudFront."""
