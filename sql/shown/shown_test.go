package shown

import "testing"

func TestOnlyNamesOfColumnsAreShown(t *testing.T) {
	known := []string{"person_id", "date_of_birth", "full_name"}
	for name, want := range map[string]string{
		"birth_date": "birth_date", "Person Name": "Person Name",
		"Mary Smith":             "column 4 (SHA-256 f8af51f89baf)",
		"mary_smith":             "column 4 (SHA-256 1a3923da09d8)",
		"person_id\rname\rSmith": "column 4 (SHA-256 4a3778e953bf)",
		"":                       "column 4 (SHA-256 e3b0c44298fc)",
	} {
		if got := Column(name, 4, known); got != want {
			t.Errorf("%q is shown as %s", name, got)
		}
	}
}

func TestOnlyKeysAreShown(t *testing.T) {
	for name, isShown := range map[string]bool{
		"retry_after": true, "data-quality": true, "k8": true,
		"Mary": false, "Mary Smith": false, "mary smith": false, "a9993339993": false, "": false, "=cmd|calc": false, "a\nb": false,
	} {
		if got := Key(name) == name; got != isShown {
			t.Errorf("%q: %s", name, Key(name))
		}
	}
	if got := WithoutQuotes(`unknown command "Mary Smith" for 'verify'`); got != "unknown command … for 'verify'" {
		t.Error(got)
	}
}
