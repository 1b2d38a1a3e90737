"""Train and tune what has no gradient, and compare optimisers so that the verdict can be trusted."""
