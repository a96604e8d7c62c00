package borough

// need is one accessible information need, by its SNOMED CT code (health.md section 5).
type need struct{ question, code string }
