"""What finds things in pixels: one module per detector or model."""
