package delimited_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"careshare/extract/delimited"
)

const plain = "id,name,born\n1,Zoë,2009-03-12\n2,\"O'Neil, Ann\",1980-01-02\n"

func encoded(t *testing.T, text, as string) []byte {
	t.Helper()
	var out []byte
	var err error
	switch as {
	case "utf-16le with mark":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	case "utf-16be with mark":
		out, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	case "utf-16le":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte(text))
	case "windows-1252":
		out, err = charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	case "utf-8 with mark":
		out = []byte("\ufeff" + text)
	default:
		out = []byte(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readAll reads a file as every caller does: open it, check the header, read on.
func readAll(path string, o delimited.Options) (header []string, rows [][]string, err error) {
	file, err := delimited.Open(path, o)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	lines, err := file.Reader().ReadAll()
	if err != nil {
		return nil, nil, delimited.Broken(err)
	}
	header, err = delimited.Header(lines[0])
	return header, lines[1:], err
}

func TestEveryFormOfOneFileGivesTheSameRows(t *testing.T) {
	semicolons := strings.NewReplacer(",", ";", "O'Neil;", "O'Neil,").Replace(plain)
	for name, c := range map[string]struct{ text, encoding, declared string }{
		"plain":              {plain, "", ""},
		"mark":               {plain, "utf-8 with mark", ""},
		"utf-16le with mark": {plain, "utf-16le with mark", ""},
		"utf-16be with mark": {plain, "utf-16be with mark", ""},
		"utf-16le":           {plain, "utf-16le", ""},
		"windows-1252":       {plain, "windows-1252", delimited.Windows1252},
		"semicolons":         {strings.ReplaceAll(semicolons, "\"O'Neil; Ann\"", "\"O'Neil, Ann\""), "", ""},
		"tabs":               {strings.NewReplacer("id,name,born", "id\tname\tborn", "1,Zoë,", "1\tZoë\t", "2,", "2\t", "Ann\",", "Ann\"\t").Replace(plain), "", ""},
		"carriage returns":   {strings.ReplaceAll(plain, "\n", "\r"), "", ""},
		"windows line ends":  {strings.ReplaceAll(plain, "\n", "\r\n"), "", ""},
		"sep line":           {"sep=,\r\n" + plain, "utf-8 with mark", ""},
		"blanks in header":   {strings.Replace(plain, "id,name", " id , name", 1), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "a.csv")
			if err := os.WriteFile(path, encoded(t, c.text, c.encoding), 0o600); err != nil {
				t.Fatal(err)
			}
			header, rows, err := readAll(path, delimited.Options{Encoding: c.declared, Folder: filepath.Join(folder, "private"), Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			want := [][]string{{"1", "Zoë", "2009-03-12"}, {"2", "O'Neil, Ann", "1980-01-02"}}
			if !slices.Equal(header, []string{"id", "name", "born"}) || !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("read %q %q", header, rows)
			}
			if left, _ := os.ReadDir(filepath.Join(folder, "private")); len(left) > 0 {
				t.Error("a converted copy was left behind")
			}
		})
	}
}

func TestFilesAreRefusedByName(t *testing.T) {
	for want, text := range map[string]string{
		"line 2: not UTF-8":             string(encoded(t, plain, "windows-1252")),
		"names columns 2 and 3 alike":   "id,name,Name\n1,a,b\n",
		"UTF-32":                        "\xff\xfe\x00\x00i\x00\x00\x00",
		"workbook":                      "PK\x03\x04rest",
		"compressed":                    "\x1f\x8brest",
		"zero bytes":                    "id,name\n\x00\x00\x00,b\n",
		`line 2: extraneous or missing`: "id,name\n1,\"a\"b\n",
	} {
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := readAll(path, delimited.Options{Strict: true})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if lines, err := delimited.Lines([]byte(text)); err == nil && len(lines) > 0 {
			if _, err := delimited.Header(lines[0]); err == nil {
				t.Errorf("lines: %q was accepted", want)
			}
		}
		if want == "line 2: not UTF-8" && !errors.Is(err, delimited.ErrNotUTF8) {
			t.Error("the error is not ErrNotUTF8")
		}
	}
}

func TestDatesAreReadByOneFormOrRefusedByName(t *testing.T) {
	for _, c := range []struct {
		texts string
		form  delimited.DateForm
		wrong delimited.DateForm
	}{
		{"2026-03-05|", delimited.ISO, ""},
		{"2026-03-05 07:00:00|2026-03-05T07:00|2026-03-05 07:00:00.123456", delimited.ISO, ""},
		{"05/03/2026|13/12/2025 00:00", delimited.DayFirst, ""},
		{"05/03/2026|12/13/2025", delimited.MonthFirst, ""},
		{"5-Mar-2026|17 Oct 1986", delimited.MonthName, ""},
		{"20260305", delimited.Compact, ""},
		{"5-Mar-62", "", delimited.TwoDigitYear},
		{"05/03/62 00:00", "", delimited.TwoDigitYear},
		{"46086", "", delimited.SerialNumber},
		{"soon", "", delimited.NoDate},
		{"2026-03-05|05/03/2026", "", delimited.DayFirst},
		{"13/12/2025|12/13/2025", "", delimited.MonthFirst},
		{"0024-03-05", delimited.ISO, ""}, // a year that nobody was born in is for the plausibility of dates to find
	} {
		form, wrong := delimited.CommonForm(slices.Values(strings.Split(c.texts, "|")))
		if form != c.form || wrong != c.wrong {
			t.Errorf("%s: form %q, wrong %q", c.texts, form, wrong)
		}
	}
	if at, ok := delimited.DayFirst.Parse("05/03/2026 07:30"); !ok || at.Format("2006-01-02 15:04") != "2026-03-05 07:30" {
		t.Errorf("day first: %v %v", at, ok)
	}
}

func TestDecode(t *testing.T) {
	for _, as := range []string{"", "utf-8 with mark", "utf-16le with mark", "utf-16le"} {
		text, err := delimited.Decode(encoded(t, "lake: Zoë\n", as))
		if err != nil || string(text) != "lake: Zoë\n" {
			t.Errorf("%s: %q, %v", as, text, err)
		}
	}
	if _, err := delimited.Decode(encoded(t, "lake: x\nname: Zoë\n", "windows-1252")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("windows-1252: %v", err)
	}
}
