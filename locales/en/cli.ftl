### Sentences of the area `cli`.
