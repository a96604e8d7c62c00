package linkage

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"careshare/sql"
)

// installed is an engine with the macros only.
func installed(t *testing.T) *sql.DB {
	t.Helper()
	db := openEngine(t)
	templates, err := readTemplates()
	if err != nil {
		t.Fatal(err)
	}
	if err := (&engine{db: db, templates: templates}).install(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestValues(t *testing.T) {
	db := installed(t)
	for expression, want := range map[string]string{
		"link_given('Zoë-Ann')":                                          "ZOE ANN",
		"link_given('Wei (David)')":                                      "WEI|DAVID",
		"link_family('Okafor née Adeyemi')":                              "OKAFOR|ADEYEMI",
		"link_family(link_repaired('WÃ³jcik'))":                          "WOJCIK",
		"link_given(link_repaired('Å\u0081ukasz'))":                      "LUKASZ",
		"link_family('Yıldırım-Çağlar')":                                 "YILDIRIM CAGLAR",
		"link_family('Nguyễn Đức')":                                      "NGUYEN DUC",
		"link_given('Mr. John  Paul')":                                   "JOHN PAUL",
		"link_given('Sir')":                                              "SIR",
		"link_given('Baby of Smith')":                                    "",
		"link_given('Twin 1')":                                           "",
		"link_given('not known')":                                        "",
		"link_family('Baby Girl of O''Brien-Smith')":                     "OBRIEN SMITH",
		"link_family('Boy')":                                             "",
		"link_family('Babylon')":                                         "BABYLON",
		"link_family(link_family_part('de Vere, Thomas'))":               "DE VERE",
		"link_given(link_given_part('Thomas Edward Vere'))":              "THOMAS EDWARD",
		"link_date('3/12/1980')":                                         "19801203",
		"link_date('1980-12-03 00:00:00')":                               "19801203",
		"link_date('19801345')":                                          "19801345",
		"link_date('1980')":                                              "1980",
		"link_date('soon')":                                              "",
		"array_to_string(link_postcodes('e8 1aa|N1 2bb; zz99 3vz'),'+')": "E81AA+N12BB",
		"link_identifier(' A.b@c.org ')":                                 "A.B@C.ORG",
		"link_sex('Female')":                                             "F",
		"link_sex('9')":                                                  "",
		"link_sound('ASHCRAFT')":                                         "A261",
		"link_sound('TYMCZAK')":                                          "T522",
	} {
		var got string
		if err := db.QueryRow("select coalesce((" + expression + ")::varchar, '')").Scan(&got); err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
}

func TestLevels(t *testing.T) {
	db := installed(t)
	do(t, db, `create macro link_canon(words) as (select string_agg(coalesce(root, piece), ' ' order by place) from (select unnest(string_split(words, ' ')) as piece, generate_subscripts(string_split(words, ' '), 1) as place)
		left join (select name, min(root) as root from linkage.nicknames group by name) on name = piece)`,
		`create macro link_roots(words) as (select list(distinct root) from linkage.nicknames join (select unnest(string_split(words, ' ')) as piece) on name = piece)`,
		`create macro link_one_name(x, y) as (select link_name_level(likeness, fx, fy, cx, cy, rx, ry, wx, wy, link_sound(fx), link_sound(fy)) from (
			select jaro_winkler_similarity(replace(x, ' ', ''), replace(y, ' ', '')) as likeness, replace(x, ' ', '') as fx, replace(y, ' ', '') as fy,
				link_canon(x) as cx, link_canon(y) as cy, link_roots(x) as wx, link_roots(y) as wy,
				(select list(root) from linkage.nicknames where name = x) as rx, (select list(root) from linkage.nicknames where name = y) as ry))`)
	for expression, want := range map[string]int{
		"link_date_level('19801203', '19801203', 19801203, 19801203, false, false)":                                                                                                           1,
		"link_date_level('19801203', '19800312', 19801203, 19800312, false, false)":                                                                                                           2,
		"link_date_level('19801203', '19801208', 19801203, 19801208, false, false)":                                                                                                           3,
		"link_date_level('19801213', '19801231', 19801213, 19801231, false, false)":                                                                                                           3,
		"link_date_level('19801203', '19801227', 19801203, 19801227, false, false)":                                                                                                           4,
		"link_date_level('19801203', '1980', 19801203, null, false, false)":                                                                                                                   4,
		"link_date_level('19801203', '19800527', 19801203, 19800527, false, false)":                                                                                                           5,
		"link_date_level('19801203', '19770527', 19801203, 19770527, false, false)":                                                                                                           6,
		"link_date_level('19801203', null, 19801203, null, false, false)":                                                                                                                     0,
		"link_postcode_level(['E81AA'][1], ['E81AA'][1], link_sector(['E81AA'][1]), link_sector(['E81AA'][1]), link_outward(['E81AA'][1]), link_outward(['E81AA'][1]), ['E81AA'], ['E81AA'])": 1,
		"link_postcode_level(['E81AA'][1], ['N12BB', 'E81AA'][1], link_sector(['E81AA'][1]), link_sector(['N12BB', 'E81AA'][1]), link_outward(['E81AA'][1]), link_outward(['N12BB', 'E81AA'][1]), ['E81AA'], ['N12BB', 'E81AA'])": 2,
		"link_postcode_level(['E81AA'][1], ['E81AB'][1], link_sector(['E81AA'][1]), link_sector(['E81AB'][1]), link_outward(['E81AA'][1]), link_outward(['E81AB'][1]), ['E81AA'], ['E81AB'])":                                     3,
		"link_postcode_level(['E81AA'][1], ['E81XY'][1], link_sector(['E81AA'][1]), link_sector(['E81XY'][1]), link_outward(['E81AA'][1]), link_outward(['E81XY'][1]), ['E81AA'], ['E81XY'])":                                     4,
		"link_postcode_level(['E81AA'][1], ['E89XY'][1], link_sector(['E81AA'][1]), link_sector(['E89XY'][1]), link_outward(['E81AA'][1]), link_outward(['E89XY'][1]), ['E81AA'], ['E89XY'])":                                     5,
		"link_postcode_level(['E81AA'][1], ['N12BB'][1], link_sector(['E81AA'][1]), link_sector(['N12BB'][1]), link_outward(['E81AA'][1]), link_outward(['N12BB'][1]), ['E81AA'], ['N12BB'])":                                     6,
		"link_identifier_level('123456', '123465')":                                      2,
		"link_identifier_level('123456', '987654')":                                      4,
		"link_is_one_slip('ŁAZ', 'LAZA')::integer":                                       0,
		"link_is_one_slip('ŁAZ', 'ŁZA')::integer":                                        1,
		"link_one_name('SMITH', 'SMYTHE')":                                               9,
		"link_one_name('BOB', 'ROBERT')":                                                 4,
		"link_one_name('MD RAHIM', 'MOHAMMED RAHIM')":                                    4,
		"link_one_name('J', 'JAMES')":                                                    5,
		"link_one_name('ALEX', 'ALEXANDRINA')":                                           6,
		"link_one_name('SMITH JONES', 'JONES')":                                          7,
		"link_one_name('MOHAMMED AMIN', 'MOHAMMED YASIN')":                               8, // two brothers
		"link_one_name('JO', 'JOSEPHINE PATRICIA')":                                      7,
		"link_one_name('SUE MARY', 'SUSAN PATRICIA')":                                    8,
		"link_one_name('JADES', 'JAMES WILLIAM')":                                        9,
		"link_one_name('RABINDER', 'HARRABINDER LAL')":                                   6,
		"link_one_name('STEPHENS', 'STEVENSON')":                                         9,
		"link_one_name('ANNA', 'PETER')":                                                 10,
		"link_sex_level('M', 'F')":                                                       2,
		"link_text_level(0.5, 'HIGHSTREET', 'STREETHIGH', 'HIGH STREET', 'STREET HIGH')": 3,
	} {
		var got int
		if err := db.QueryRow("select " + expression).Scan(&got); err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		if got != want {
			t.Errorf("%s is %d, want %d", expression, got, want)
		}
	}
}

// TestLearn plants parameters and finds them again.
func TestLearn(t *testing.T) {
	comparisons := number([]comparison{{Name: "sex", Kind: Sex}, {Name: "id", Kind: Identifier}, {Name: "other", Kind: Identifier}})
	pattern := func(sex, id, other int64) int64 { return sex | id<<4 | other<<8 }
	random := []tally{{pattern(1, 4, 4), 49_900}, {pattern(1, 1, 4), 50}, {pattern(1, 4, 1), 50}, {pattern(2, 4, 4), 49_900}, {pattern(2, 1, 4), 50}, {pattern(2, 4, 1), 50}}
	by := func(id, other int64) []tally {
		return []tally{{pattern(1, id, other), 855}, {pattern(2, id, other), 45}, {pattern(1, 5-id, 5-other), 95}, {pattern(2, 5-id, 5-other), 5}}
	}
	p := learn(comparisons, 1e-4, random, []session{{tallies: by(1, 1), fixed: []int{2}}, {tallies: by(1, 1), fixed: []int{3}}})
	if got := p.Comparisons[0].M[1]; math.Abs(got-0.95) > 0.01 {
		t.Errorf("m of the same sex is %.3f, want 0.95", got)
	}
	if got := p.Comparisons[1].U[1]; math.Abs(got-0.001) > 2e-4 {
		t.Errorf("u of the same identifier is %.5f, want 0.001", got)
	}
	if w := p.Comparisons[1].Weight; w[1] < 9 || w[4] > 0 {
		t.Errorf("weights of an identifier are %v", w)
	}
}

// family is a table of one household, and what must come of each of its members beside the town's people.
func TestRelativesAreKeptApart(t *testing.T) {
	db := openEngine(t)
	town(t, db, 3000)
	for _, row := range []string{
		"insert into council values ('X1', 900001, 'amara', 'okonkwo', '2012-05-06', '2', 'E1 1AA', '1 here road')", // a twin whose sister is at the surgery
		"insert into surgery values ('Y1', 900002, 'chidi', 'okonkwo', '2012-05-06', '2', 'E1 1AA', '1 here road')",
		"insert into council values ('X2', 900003, 'peter', 'quillfeather', '1950-02-03', '1', 'E1 1AB', '2 here road')", // a father whose son has his name
		"insert into surgery values ('Y2', 900004, 'peter', 'quillfeather', '1979-11-21', '1', 'E1 1AB', '2 here road')",
		"insert into council values ('X3', 900005, 'Baby of Brightwater', 'Brightwater', '2020-01-02', '1', 'E1 1AC', '3 here road')", // a newborn without a name, one of two
		"insert into surgery values ('Y3', 900005, 'oswin', 'brightwater', '2020-01-02', '1', 'E1 1AC', '3 here road')",
		"insert into surgery values ('Y4', 900006, 'edric', 'brightwater', '2020-01-02', '1', 'E1 1AC', '3 here road')",
		"insert into council values ('X5', 900007, 'Farquhar', 'Zöe-Marie', '1971-07-08', '1', 'E1 1AD', '4 here road')", // names exchanged
		"insert into surgery values ('Y5', 900007, 'zoemarie', 'farquhar', '1971-07-08', '1', 'E1 1AD', '4 here road')",
	} {
		if _, err := db.Exec(row); err != nil {
			t.Fatal(err)
		}
	}
	r, err := Link(t.Context(), db, townOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ left, right, outcome string }{
		{"X1", "Y1", "not accepted"}, {"X2", "Y2", "not accepted"}, {"X3", "Y3", "not accepted"}, {"X3", "Y4", "not accepted"}, {"X5", "Y5", "accepted"},
	} {
		w, err := Explain(t.Context(), db, r.Parameters, test.left, test.right)
		if err != nil && !errors.Is(err, ErrNoPair) {
			t.Fatal(err)
		}
		if (w.Outcome == "accepted") != (test.outcome == "accepted") {
			t.Errorf("%s and %s: %s at %.1f bits, want %s", test.left, test.right, w.Outcome, w.Weight, test.outcome)
		}
		if len(w.Falls) > 0 && math.Abs(w.Falls[len(w.Falls)-1].Sum-w.Weight) > 1e-9 {
			t.Errorf("%s and %s: the parts sum up to %.3f, the weight is %.3f", test.left, test.right, w.Falls[len(w.Falls)-1].Sum, w.Weight)
		}
	}
}

// TestSameDataSameParameters links twice, the second time with the rows in another order.
func TestSameDataSameParameters(t *testing.T) {
	db := openEngine(t)
	town(t, db, 1500)
	once, err := Link(t.Context(), db, townOptions())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("create or replace table council as from council order by hash(id); create or replace table surgery as from surgery order by hash(id)"); err != nil {
		t.Fatal(err)
	}
	again, err := Link(t.Context(), db, townOptions())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(once, again) {
		t.Errorf("the second run differs:\n%+v\n%+v", once, again)
	}
}

// TestWideBlocks gives everyone one identifier: the block is left out, and said to be.
func TestWideBlocks(t *testing.T) {
	db := openEngine(t)
	town(t, db, 3000)
	o := townOptions()
	o.Fields = append(o.Fields, Field{Name: "number", Kind: Identifier, Left: []string{"number"}})
	if _, err := db.Exec("alter table council add column number varchar default '0000000'; alter table surgery add column number varchar default '0000000'"); err != nil {
		t.Fatal(err)
	}
	r, err := Link(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Blocks[0].Rule != "number" || r.Blocks[0].WideKeys != 1 || r.Blocks[0].PairsLeftOut != r.LeftRecords*r.RightRecords {
		t.Errorf("the block of everyone is %+v", r.Blocks[0])
	}
	if r.Measures.Accepted.Precision < 0.999 || r.Measures.Accepted.Recall < 0.95 {
		t.Errorf("a number that all bear has done harm: %+v", r.Measures.Accepted)
	}
}

func TestOptions(t *testing.T) {
	db := openEngine(t)
	town(t, db, 300)
	for name, fault := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"a column misspelt":   {func(o *Options) { o.Fields[0].Left = []string{"givn"} }, "field given: council has no column givn; nearest is given"},
		"a kind misspelt":     {func(o *Options) { o.Fields[0].Kind = "givn" }, "there is no kind givn; nearest is given"},
		"an id not there":     {func(o *Options) { o.Left.ID = "idd" }, "council has no column idd; nearest is id"},
		"mapped twice":        {func(o *Options) { o.Fields[1].Name = "given" }, "field given is mapped twice"},
		"nothing mapped":      {func(o *Options) { o.Fields = nil }, "no field is mapped"},
		"thresholds backward": {func(o *Options) { o.Threshold = -4 }, "thresholds must rise"},
		"no relation":         {func(o *Options) { o.Left.Name = "nowhere" }, "nowhere"},
	} {
		o := townOptions()
		o.Fields = townFields()
		fault.change(&o)
		if _, err := Link(t.Context(), db, o); err == nil || !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%s: the error is %v, want %s", name, err, fault.want)
		}
	}
}

// TestFewFields links with whatever little is mapped.
func TestFewFields(t *testing.T) {
	db := openEngine(t)
	town(t, db, 900)
	all := townFields()
	for _, fields := range [][]Field{all[:1], all[1:3], all[2:], {all[3]}, {all[4]}, {{Name: "whole", Kind: Name, Left: []string{"given"}}, all[2]}, {{Name: "street", Kind: Text, Left: []string{"street"}}, all[0]}} {
		o := townOptions()
		o.Fields = fields
		if _, err := Link(t.Context(), db, o); err != nil {
			t.Errorf("%+v: %v", fields, err)
		}
	}
}

func TestEmptySides(t *testing.T) {
	db := openEngine(t)
	town(t, db, 300)
	if _, err := db.Exec("delete from surgery"); err != nil {
		t.Fatal(err)
	}
	r, err := Link(t.Context(), db, townOptions())
	if err != nil || r.Accepted != 0 {
		t.Errorf("an empty side: %+v, %v", r.Accepted, err)
	}
}
