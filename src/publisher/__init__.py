"""Events: what becomes of images, published to EventBridge from the table's stream."""
