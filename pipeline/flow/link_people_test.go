package flow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"careshare/pipeline/console"
	"careshare/sql"
	"careshare/transform"
)

// linkingTown are the tables that linkPeople reads, over a made-up town of people whom one sender knows under the numbers 1 to n.
// Every other person has no number here.
const linkingTown = `
	create table town as select i, 'Given' || chr((65 + i % 23)::integer) || lower(chr((65 + i * 7 % 26)::integer)) || i % 97 as given, 'Family' || chr((65 + i * 5 % 26)::integer) || i % 331 as family,
		date '1930-01-01' + (hash(i) % 30000)::integer as birth_date, 'E' || (1 + i % 9) || ' ' || (i // 9 % 10) || chr((65 + i // 90 % 20)::integer) || chr((65 + i // 1800 % 20)::integer) as postcode
		from range(1, 1501) r(i);
	create table stg_people as select i::bigint as person_id, given as first_name, family as last_name, null::varchar as gender from town;
	create table stg_addresses (person_id bigint, address_id bigint, address varchar, postcode varchar, started_at timestamp);
	create table int_people as select i::bigint as person_id, fold_name(family) as family, fold_name(given) as given, birth_date, fold_postcode(postcode) as postcode from town;
	create table int_patients as select 'hospital' as sender, 'p' || i as patient_id, lpad(i::varchar, 10, '0') as nhs_number, given, family, birth_date, postcode from town;
	create table int_number_reviews (person_id bigint, nhs_number varchar, decision varchar, is_accepted boolean);
	create table planted as select * from (values :planted) p(person_id, given, family, birth_date, postcode, number, patient_given, patient_family, patient_birth, patient_postcode);
	insert into stg_people select person_id, given, family, null from planted;
	insert into int_people select person_id, fold_name(family), fold_name(given), birth_date::date, fold_postcode(postcode) from planted;
	insert into int_patients select 'hospital', number, number, patient_given, patient_family, patient_birth::date, patient_postcode from planted where number is not null;
	create table stg_patients as select sender, patient_id, given, family, postcode, null::varchar as gender from int_patients;
	create table int_patient_numbers as select nhs_number, count(distinct birth_date) as count_birth_dates from int_patients group by nhs_number;
	create table int_candidate_numbers as select person_id, person_id % 2 = 1 or person_id > 9000 as may_be_linked from int_people;`

// TestPlantedPeople are those whom a linkage gets wrong if it can.
func TestPlantedPeople(t *testing.T) {
	t.Parallel()
	db, err := sql.Open(t.Context(), sql.Options{Memory: "1GB", Threads: 2, Spill: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const planted = `
		(9001, 'Amara', 'Okonkwo', '2012-05-06', 'E8 1AA', '9000000001', 'Chidi', 'Okonkwo', '2012-05-06', 'E8 1AA'),
		(9002, 'Zebedee', 'Quillfeather', '1950-02-03', 'E8 1AB', '9000000002', 'Zebedee', 'Quillfeather', '1979-11-21', 'E8 1AB'),
		(9003, 'Ottoline', 'Fotherington', '1950-02-03', 'E8 1AC', '9000000003', 'Ottoline', 'Fotherington', '1950-03-02', 'E8 1AC'),
		(9004, 'Perpetua', 'Lillywhite', '1960-06-07', 'E8 1AD', '9000000004', 'Perpetua', 'Lillywhite', '1960-06-07', 'N1 2BB'),
		(9007, 'Leopoldine', 'Arkwright', '1980-08-09', 'E8 1AH', '9000000007', 'Leopoldine', 'Arkwright', '1980-08-09', 'E8 1AH')`
	if err := execute(t.Context(), db, strings.ReplaceAll(linkingTown, ":planted", planted), "insert into int_number_reviews values (9007, '9000000007', 'reject', false)"); err != nil {
		t.Fatal(err)
	}
	j := &Job{Console: &console.Console{Now: time.Now}}
	j.Config.Linkage.People = true
	if err := createLinks(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := j.LinkPeople(db, Memory{}).Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	models, err := transform.Load(sql.Files)
	if err != nil {
		t.Fatal(err)
	}
	rules := slices.IndexFunc(models.Tables, func(m transform.Model) bool { return m.Name == "int_link_rules" })
	if err := execute(t.Context(), db, "create table int_link_rules as "+models.Tables[rules].Query); err != nil {
		t.Fatal(err)
	}
	for person, want := range map[int]struct{ what, outcome string }{
		9001: {"a twin, whose sister only is a patient", "not accepted"},
		9002: {"rare names, another birth date: a son with his father's name", "not accepted"},
		9003: {"day and month exchanged", "accepted"},
		9004: {"moved house", "accepted"},
		9007: {"a number that a reviewer has rejected", "not accepted"},
	} {
		var accepted int
		if err := db.QueryRow("select count(*) from int_link_rules where person_id = ? and outcome = 'accepted'", person).Scan(&accepted); err != nil {
			t.Fatal(err)
		}
		if (accepted == 1) != (want.outcome == "accepted") {
			t.Errorf("%s: %d accepted, want %s", want.what, accepted, want.outcome)
		}
	}
	var son, wrong, weighed int
	err = db.QueryRow(`select (select count(*) from int_link_rules where person_id = 9002 and outcome = 'review'),
		(select count(*) from int_link_rules where outcome = 'accepted' and person_id < 9000 and person_id <> nhs_number::bigint),
		(select count(*) from linkage.links where not exists (select 1 from linkage_weights w where w.person_id = links.person_id and w.nhs_number = links.nhs_number))`).Scan(&son, &wrong, &weighed)
	if err != nil || son != 1 || wrong != 0 || weighed != 0 {
		t.Errorf("the son is %d times up for review, %d of the town are linked wrongly, %d links are without their weights (%v)", son, wrong, weighed, err)
	}
}
