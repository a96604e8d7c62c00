package config

// SmallNumbers is a rule for numbers of people: those from HiddenFrom to HiddenTo are hidden, the rest is rounded to RoundTo.
type SmallNumbers struct{ HiddenFrom, HiddenTo, RoundTo int }

// SmallNumbersOf are the rules in use, by name. HES shows zeros and hides 1 to 7; the NHS mental health statistics hide what
// is below 5; OpenSAFELY what is not above 7.
func SmallNumbersOf(preset string) (rule SmallNumbers, known bool) {
	rules := map[string]SmallNumbers{"hes": {1, 7, 5}, "nhs_mental_health": {0, 4, 5}, "opensafely": {0, 7, 5}}
	rule, known = rules[preset]
	return rule, known
}
