"""Post → Prediction: probabilities of spam, negative, positive."""
