package reference

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"careshare/extract"
	"careshare/extract/inbox"
	"careshare/extract/inbox/inboxtest"
)

func read(t *testing.T, files inboxtest.Files) (r inboxtest.Result, postcodes []string) {
	t.Helper()
	r = inboxtest.Read(t, files, func(folder, to string, quarantine *extract.Quarantine) ([]extract.Table, error) {
		return Read(t.Context(), inbox.Options{Folder: folder, To: to, Quarantine: quarantine})
	})
	type row struct {
		Postcode  string `parquet:"postcode,optional"`
		Authority string `parquet:"local_authority,optional"`
		Easting   int64  `parquet:"easting,optional"`
		Northing  int64  `parquet:"northing,optional"`
	}
	for _, row := range inboxtest.Rows[row](t, r.Tables["postcodes"].Path) {
		postcodes = append(postcodes, fmt.Sprint(row.Postcode, " ", row.Authority, " ", row.Easting, " ", row.Northing))
	}
	return r, postcodes
}

func TestRead(t *testing.T) {
	const header = "postcode,local_authority,easting,northing\n"
	const known = "N166DL E09000012 534198 188017"
	for name, c := range map[string]struct {
		file   string
		want   []string
		rules  []string
		merged int64
	}{
		"a list":                   {header + "n16 6dl,E09000012,534198,188017\n", []string{known}, nil, 0},
		"columns in another order": {"easting,northing,extra,postcode,local_authority\n534198,188017,x,N16 6DL,E09000012\n", []string{known}, nil, 0},
		"byte order mark":          {"\ufeff" + header + "N16 6DL,E09000012,534198,188017\n", []string{known}, nil, 0},
		"a mark and quotes":        {"\ufeff\"postcode\",\"local_authority\",\"easting\",\"northing\"\n\"N16 6DL\",\"E09000012\",\"534198\",\"188017\"\n", []string{known}, nil, 0},
		"a postcode twice":         {header + "N16 6DL,E09000012,534198,188017\nN166DL,E09000013,1,1\n", []string{known}, nil, 1},
		"no number":                {header + "N16 6DL,E09000012,534198,188017\nE8 2QL,E09000012,here,185385\n", []string{known}, []string{"postcodes.csv:3 not a whole number: easting"}, 0},
		"no postcode":              {header + ",E09000012,1,1\nN16 6DL,E09000012,534198,188017\n", []string{known}, []string{"postcodes.csv:2 no key"}, 0},
		"a field too few":          {header + "N16 6DL,E09000012\nN16 6DL,E09000012,534198,188017\n", []string{known}, []string{"postcodes.csv:2 another number of columns than the header"}, 0},
		"nobody":                   {header, nil, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, got := read(t, inboxtest.Files{"postcodes.csv": c.file})
			if !slices.Equal(got, c.want) {
				t.Errorf("taken: %v, want %v", got, c.want)
			}
			var rules []string
			for _, reject := range r.Rejects {
				rules = append(rules, fmt.Sprintf("%s:%d %s", reject.File, reject.Line, reject.Rule))
			}
			if !slices.Equal(rules, c.rules) {
				t.Errorf("rejected: %v, want %v", rules, c.rules)
			}
			if merged := r.Tables["postcodes"].Merged; merged != c.merged {
				t.Errorf("merged: %d, want %d", merged, c.merged)
			}
		})
	}
}

// What is not there is not known.
func TestAbsent(t *testing.T) {
	if r, _ := read(t, nil); len(r.Tables) != 2 || r.Tables["postcodes"].RowsIn != 0 || r.Tables["social_workers"].RowsIn != 0 {
		t.Errorf("an empty folder gives %v", r.Tables)
	}
}

// A list of another shape stops the run, which names the list and what is amiss, by its line and never by its words.
func TestAnotherShape(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx        context.Context
		file, want string
	}{
		"no column":    {t.Context(), "postcode,northing\nN16 6DL,1\n", "no column local_authority"},
		"empty":        {t.Context(), "", "read header: EOF"},
		"UTF-16":       {t.Context(), "\xff\xfep\x00o\x00", "no column postcode"},
		"a bare quote": {t.Context(), "postcode,local_authority,easting,northing\nN16 6DL,secret\"x,1,1\n", `parse error on line 2, column 15: bare " in non-quoted-field`},
		"cancelled":    {cancelled, "postcode,local_authority,easting,northing\nN16 6DL,E09000012,1,1\n", "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, to := t.TempDir(), t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "postcodes.csv"), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			quarantine, err := extract.OpenQuarantine(filepath.Join(to, "quarantine.parquet"), true)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Read(c.ctx, inbox.Options{Folder: folder, To: to, Quarantine: quarantine})
			if err == nil || err.Error() != "read reference postcodes: "+c.want {
				t.Errorf("read: %v", err)
			}
		})
	}
}
