package casestore

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"careshare/extract/delimited"
)

func TestRecords(t *testing.T) {
	long := strings.Repeat("x", 2*maxRecord)
	for name, c := range map[string]struct {
		body string
		want []string // line: fields, or line: rule: raw
	}{
		"plain":                     {"1,a\n2,b\n", []string{"2: 1|a", "3: 2|b"}},
		"no end of line":            {"1,a\n2,b", []string{"2: 1|a", "3: 2|b"}},
		"windows":                   {"1,a\r\n2,b\r\n", []string{"2: 1|a", "3: 2|b"}},
		"blank lines are no rows":   {"\n1,a\n\n\n2,b\n\n", []string{"3: 1|a", "6: 2|b"}},
		"quoted over lines":         {"1,\"a\nb\"\n2,b\n", []string{"2: 1|a\nb", "4: 2|b"}},
		"too few":                   {"1\n2,b\n", []string{"2: " + ruleCount + ": 1", "3: 2|b"}},
		"too many, over lines":      {"1,\"a\nb\",c\n2,b\n", []string{"2: " + ruleCount + ": 1,\"a\nb\",c", "4: 2|b"}},
		"a bare quote":              {"1,a\"b\n2,b\n", []string{"2: " + ruleQuote + ": 1,a\"b", "3: 2|b"}},
		"a quote that never closes": {"1,\"a\n2,b\n3,c\n", []string{"2: " + ruleQuote + ": 1,\"a", "3: 2|b", "4: 3|c"}},
		"a quote closed too late":   {"1,\"a\n2,\"b\"\n3,c\n", []string{"2: " + ruleQuote + ": 1,\"a", "3: 2|b", "4: 3|c"}},
		"two in a row":              {"\n1,\"a\n\n2,x\"y\n3,c\n", []string{"3: " + ruleQuote + ": 1,\"a", "5: " + ruleQuote + ": 2,x\"y", "6: 3|c"}},
		"too long":                  {"1,a\n2," + long + "\n3,c\n", []string{"2: 1|a", "3: " + ruleLong + ": 2,x", "4: 3|c"}},
		"a quote that runs on":      {"1,\"a\n" + strings.Repeat("2,b\n", maxRecord/2), []string{"2: " + ruleLong + ": 1,\"a", "3: 2|b", "4: 2|b"}},
		"nothing":                   {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			r := openText(t, "a,b\n"+c.body)
			for {
				fields, line, err := r.next()
				var broken *brokenRecord
				if errors.As(err, &broken) {
					got = append(got, show(line, broken.rule+": "+broken.raw))
				} else if err != nil {
					t.Fatal(err)
				} else if fields == nil {
					break
				} else {
					got = append(got, show(line, strings.Join(fields, "|")))
				}
			}
			if name == "a quote that runs on" {
				if len(got) != maxRecord/2+1 {
					t.Errorf("%d rows", len(got))
				}
				got = got[:3]
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// show cuts what is long.
func show(line int64, s string) string {
	if i := strings.Index(s, "xxx"); i >= 0 {
		s = s[:i+1]
	}
	return strings.TrimSpace(string(rune('0'+line))) + ": " + s
}

// A file of which every other line is broken is a bad file, but not one that takes a night.
func TestBrokenLinesCostLittle(t *testing.T) {
	const broken = 2_000
	r := openText(t, "a,b\n"+strings.Repeat("1,a\n2,x\"y\n", broken))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found := 0
	for {
		fields, _, err := r.next()
		if err != nil {
			found++
		} else if fields == nil {
			break
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / broken; found != broken || each > 16<<10 {
		t.Errorf("%d broken lines, each took %d bytes to pass over", found, each)
	}
}

func openText(t testing.TB, text string) *records {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := openRecords(path, delimited.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.close() })
	return r
}

// FuzzRecords: whatever a file holds, reading ends, lines only go up, and each line that is not blank is in some row.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{"1,a\n", "1,\"a\n2,b", "\"\n\"\"", "1,2,3\r\n\r\n,\"", "\r\r\n\xff,\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := openText(t, "a,b\n"+body)
		for before := int64(1); ; {
			fields, line, err := r.next()
			var broken *brokenRecord
			switch {
			case err != nil && !errors.As(err, &broken):
				t.Fatal(err)
			case err == nil && fields == nil:
				return
			}
			if line <= before {
				t.Fatalf("line %d after %d", line, before)
			}
			before = line
		}
	})
}

func TestHeader(t *testing.T) {
	for name, text := range map[string]string{"none": "", "broken": "a,\"b\n1,2"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "t.csv")
			os.WriteFile(path, []byte(text), 0o600)
			if _, err := openRecords(path, delimited.Options{}); err == nil || !strings.Contains(err.Error(), "header of t.csv") {
				t.Errorf("openRecords: %v", err)
			}
		})
	}
	if got := openText(t, "\ufeffA, b \n").header; !slices.Equal(got, []string{"A", "b"}) {
		t.Errorf("header %q", got)
	}
	r := openText(t, "\ufeff\"A\",\"b\"\n\"1\",\"2\"\n3,4\"\n5,6\n") // as PowerShell's Export-Csv writes it
	if !slices.Equal(r.header, []string{"A", "b"}) {
		t.Errorf("header %q", r.header)
	}
	for _, want := range []int64{2, 3, 4} {
		if _, line, _ := r.next(); line != want {
			t.Errorf("line %d, want %d", line, want)
		}
	}
}
