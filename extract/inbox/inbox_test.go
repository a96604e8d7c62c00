package inbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"careshare/extract"
)

func TestLines(t *testing.T) {
	long := strings.Repeat("x", rawLimit+10)
	for name, c := range map[string]struct{ text, want string }{
		"nothing":           {"", ""},
		"both line ends":    {"a\nb\r\n", "1 a , 2 b "},
		"no last line end":  {"a\n\nb", "1 a , 2  , 3 b "},
		"at the limit":      {"12345678\r\n", "1 12345678 "},
		"over the limit":    {"123456789\na", "1 123456789 line over 8 bytes, 2 a "},
		"far over":          {long + "\na", "1 " + long[:rawLimit+2] + " line over 8 bytes, 2 a "},
		"not UTF-8":         {"\xffa\nb", "1 \xffa not UTF-8, 2 b "},
		"NUL":               {"\x00\nb", "1 \x00 NUL character, 2 b "},
		"return in a line":  {"a\rb\n", "1 a\rb "},
		"the end of a page": {strings.Repeat("1234567\n", 8193)[8*8192:], "1 1234567 "},
	} {
		var got []string
		for line, err := range Lines(strings.NewReader(c.text), 8) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(line.Number, " ", line.Text, " ", line.Rule))
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: got %.200q", name, got)
		}
	}
}

func TestLinesStopAtAnError(t *testing.T) {
	broken := errors.New("disk gone")
	var got error
	for _, err := range Lines(iotest.ErrReader(broken), 8) {
		got = err
	}
	if !errors.Is(got, broken) {
		t.Errorf("got %v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a.csv")
	if err := os.WriteFile(path, []byte("123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "link.csv")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for rule, open := range map[string]func() (*File, error){
		"file over 8 bytes": func() (*File, error) { return Open(path, 8) },
		"not a plain file":  func() (*File, error) { return Open(link, 99) },
	} {
		var fault Fault
		if _, err := open(); !errors.As(err, &fault) || fault.Rule != rule {
			t.Errorf("got %v, want %s", err, rule)
		}
	}
	var fault Fault
	if _, err := Open(filepath.Join(folder, "none"), 8); err == nil || errors.As(err, &fault) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestFaultsSayNothingOfAPerson(t *testing.T) {
	err := Fault{Line: 3, Column: "nhs_number", Rule: "not ten digits", Key: "12", Raw: "canary"}
	if err.Error() != "line 3, nhs_number: not ten digits" {
		t.Error(err)
	}
}

func TestTable(t *testing.T) {
	to := t.TempDir()
	quarantine, err := extract.OpenQuarantine(filepath.Join(to, "q.parquet"), true)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Create(to, "s", "t", quarantine, Texts("a"), Integers("b"), Instants("c"), Truths("d"), Percentages("e"))
	if err != nil {
		t.Fatal(err)
	}
	table.Add("x", int64(1), time.Unix(1, 0), true, nil)
	table.Reject("f", Fault{Rule: "r"})
	table.Merge()
	table.Drop()
	table.Add("x", int64(1), time.Unix(1, 0), false, nil)
	table.Add("", nil, time.Time{}, nil, nil)
	table.Reject("f", Fault{Rule: "r", Raw: "\xff"})
	table.Merge()
	table.Extra("z")
	table.Extra("z")
	if err := table.Keep(); err != nil {
		t.Fatal(err)
	}
	tables, err := Close(nil, table)
	if err != nil {
		t.Fatal(err)
	}
	got := tables[0]
	if got.RowsIn != 4 || got.RowsOut != 2 || got.Quarantined != 1 || got.Merged != 1 || len(got.Extra) != 1 {
		t.Errorf("%+v", got)
	}
	if rows, err := quarantine.Close(); rows != 1 || err != nil {
		t.Errorf("%d rejects, %v", rows, err)
	}
	if tables, err := Close(errors.New("read")); tables != nil || err == nil {
		t.Error("a failed read gave tables")
	}
}
