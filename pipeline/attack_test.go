package pipeline

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"careshare/pipeline/exit"
)

// The tests here play somebody who has all that BI is given and knows the borough by heart, but not the key.

// openCells are the distinct texts of BI's datasets, and the pseudonyms among them.
func (w world) openCells(t *testing.T) (open []string, pseudonyms map[string]bool) {
	t.Helper()
	pseudonyms = map[string]bool{}
	isPseudonym := regexp.MustCompile(`^[0-9a-f]{32}$`)
	for _, dataset := range star {
		for _, cell := range w.cells(t, strings.Trim(w.trusted("bi", dataset), "'")) {
			if isPseudonym.MatchString(cell) {
				pseudonyms[cell] = true
			} else {
				open = append(open, cell)
			}
		}
	}
	return open, pseudonyms
}

func (w world) pulled(table string) string {
	return fmt.Sprintf("read_parquet('%s')", filepath.Join(w.current(), "raw/casestore", table, "part-0.parquet"))
}

func TestBIHoldsNothingThatNamesAPerson(t *testing.T) {
	t.Parallel()
	w := demo(t)
	cells, pseudonyms := w.openCells(t)
	if len(cells) < 100 || len(pseudonyms) < 500 {
		t.Fatalf("only %d texts and %d pseudonyms to look through", len(cells), len(pseudonyms))
	}
	text := strings.ToLower("\n" + strings.Join(cells, "\n") + "\n")
	for what, query := range map[string]string{
		"name":        "select full_name from " + w.pulled("dm_persons"),
		"NHS number":  "select nhs_id::varchar from " + w.pulled("dm_persons") + " where nhs_id > 999999",
		"person id":   "select person_id::varchar from " + w.pulled("dm_persons"),
		"e-mail":      "select email_address from " + w.pulled("dm_persons"),
		"birth date":  "select unnest([strftime(date_of_birth, '%Y-%m-%d'), strftime(date_of_birth, '%d/%m/%Y'), strftime(date_of_birth, '%Y%m%d')]) from " + w.pulled("dm_persons") + " where day(date_of_birth) <> 1",
		"postcode":    "select unnest([post_code, replace(post_code, ' ', '')]) from " + w.pulled("dm_addresses"),
		"address":     "select address from " + w.pulled("dm_addresses"),
		"telephone":   "select telephone_number from " + w.pulled("dm_telephone_numbers"),
		"step":        "select workflow_step_id::varchar from " + w.pulled("dm_workflow_steps"),
		"health text": "select display from read_parquet([" + w.trusted("direct-care", "medications") + ", " + w.trusted("direct-care", "diagnoses") + ", " + w.trusted("direct-care", "allergies") + "], union_by_name = true)",
	} {
		values := w.query(t, "select distinct value from ("+query+") as known (value) where length(value) > 4")
		if len(values) < 20 {
			t.Errorf("only %d values of %s to look for", len(values), what)
		}
		for _, value := range values {
			if strings.Contains(text, strings.ToLower(value[0])) {
				t.Errorf("BI holds a %s", what)
				break
			}
		}
	}
}

// guesses are what a pseudonym could be without the council's key.
func guesses(id string, keys [][]byte) (found []string) {
	for _, message := range []string{id, "person:" + id, "bi:" + id, "bi:person:" + id} {
		plain := sha256.Sum256([]byte(message))
		again := sha256.Sum256(plain[:])
		found = append(found, hex.EncodeToString(plain[:])[:32], hex.EncodeToString(again[:])[:32])
		for _, key := range keys {
			mac := hmac.New(sha256.New, key)
			mac.Write([]byte(message))
			found = append(found, hex.EncodeToString(mac.Sum(nil))[:32])
		}
	}
	return found
}

func TestPseudonymsCannotBeGuessedWithoutTheKey(t *testing.T) {
	t.Parallel()
	w := demo(t)
	_, pseudonyms := w.openCells(t)
	mark := w.manifest(t).Pseudonyms["bi"]
	wrong := [][]byte{{}, []byte("careshare"), []byte("bi"), []byte(mark.Version), []byte(mark.Check), make([]byte, 32)}
	broken := func(keys [][]byte) (hits, tried int) {
		known := w.query(t, "select unnest([person_id::varchar, lpad(nhs_id::varchar, 10, '0')]) from "+w.pulled("dm_persons"))
		for id := 1_000_000; id < 1_004_000; id++ { // ids that nobody has yet, too
			known = append(known, []string{fmt.Sprint(id)})
		}
		for _, id := range known {
			for _, guess := range guesses(id[0], keys) {
				tried++
				if pseudonyms[guess] {
					hits++
				}
			}
		}
		return hits, tried
	}
	if hits, tried := broken(wrong); hits > 0 || tried < 100_000 {
		t.Errorf("%d of %d guesses hit", hits, tried)
	}
	line, err := os.ReadFile(filepath.Join(w.folder, "keys", "bi.key"))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
	key, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	if hits, _ := broken([][]byte{key}); hits < 100 {
		t.Errorf("with the key only %d hit: the attack proves nothing", hits)
	}
}

// Somebody who knows a person's age, sex, ethnicity and postcode, and the kinds and months of their episodes and consent requests,
// still faces as many people as the agreement says. The last version failed: a key connected the facts of one person.
func TestARareCombinationPointsAtNoOne(t *testing.T) {
	t.Parallel()
	w := demo(t)
	alone, withEpisode, connected := w.pointedAt(t)
	if len(connected) == 0 {
		t.Error("not even with all facts of a person connected does the attack find anybody: it proves nothing")
	}
	report(t, "person, people who look like them", alone)
	report(t, "person, fact, people who look like them and have such a fact", withEpisode)
	w.atLeast(t, 1, "select count(*) from read_parquet("+w.trusted("bi", "fact_episode")+") where opened_year is not null")
	careless := w.copyOf(t)
	terms, err := os.ReadFile(filepath.Join(careless.folder, "agreement.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, filepath.Join(careless.folder, "agreement.yaml"), []byte(strings.Replace(string(terms), "    k: 8 ", "    k: 5 ", 1)))
	careless.mustRun(t, exit.WrongUsage, "run", "--as-at", asAt) // the pack hides up to 7
	if !strings.Contains(careless.stderr, "de_identification.bi.k: is 5, and reports.small_numbers: hes hides up to 7 people; it must be at least 8") {
		t.Error(careless.stderr)
	}
	config, err := os.ReadFile(careless.config())
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, careless.config(), []byte(strings.Replace(string(config), "small_numbers: hes", "small_numbers: nhs_mental_health", 1)))
	careless.mustRun(t, exit.Quarantined, "run", "--as-at", asAt)
	if alone, _, _ := careless.pointedAt(t); len(alone) == 0 {
		t.Error("with k = 5 the attack finds nobody: it proves nothing")
	}
}

// pointedAt are the people for whom fewer than eight pseudonyms come into question: by what they are alone, by one fact, and by all
// their facts together, if a key connected these as in the last version.
func (w world) pointedAt(t *testing.T) (alone, withEpisode, connected [][]string) {
	t.Helper()
	// everything is taken from the sources anew, not from our models
	known := `known as (
		select persons.person_id,
			date_diff('year', date_of_birth::date, date '2026-11-01')
				- (strftime(date_of_birth, '%m%d') > '1101')::integer as age,
			case gender when 'M' then 'male' when 'F' then 'female' end as sex,
			coalesce(full_ethnicity_code[1], 'X') as ethnicity,
			(select list(distinct split_part(post_code, ' ', 1)) from ` + w.pulled("dm_addresses") + ` as addresses where addresses.person_id = persons.person_id) as districts
		from ` + w.pulled("dm_persons") + ` as persons
		where date_of_birth is not null
	), shown as (
		select *, regexp_extract(age_band, '^[0-9]+')::integer as from_age,
			coalesce(try_cast(regexp_extract(age_band, 'to ([0-9]+)$', 1) as integer), 200) as to_age,
			map {'White': 'A', 'Mixed': 'B', 'Asian': 'C', 'Black': 'D', 'Other': 'E', 'not recorded': 'X'}[ethnic_group] as ethnicity
		from read_parquet(` + w.trusted("bi", "dim_person") + `)
	), suspects as (
		select known.person_id, shown.person_key
		from known join shown
			on (shown.age_band is null or known.age between shown.from_age and shown.to_age)
			and (shown.sex is null or coalesce(known.sex, 'other or not recorded') = shown.sex)
			and (shown.ethnic_group is null or known.ethnicity = shown.ethnicity)
			and (shown.postcode is null or shown.postcode = 'not recorded' or list_contains(known.districts, shown.postcode))
			and (shown.postcode_area is null or shown.postcode_area = 'not recorded' or len(list_filter(known.districts, d -> starts_with(d, shown.postcode_area))) > 0)
	)`
	alone = w.query(t, "with "+known+` select person_id, count(*) from suspects group by person_id having count(*) < 8`)
	w.atLeast(t, 1000, "with "+known+" select count(distinct person_id) from suspects")
	withEpisode = w.query(t, "with "+known+w.factsKnown()+`
		select person_id, fact, count(distinct whose.person_key) as count_people
		from suspected join read_parquet(`+w.refined("int_bi_rows")+`) as whose on whose.dataset = suspected.dataset and whose.row_key = suspected.row_key
		group by person_id, fact having count(distinct whose.person_key) < 8`)
	connected = w.query(t, "with "+known+w.factsKnown()+`,
		matched as (
			select person_id, whose.person_key, count(distinct suspected.dataset || fact) as count_facts
			from suspected join read_parquet(`+w.refined("int_bi_rows")+`) as whose on whose.dataset = suspected.dataset and whose.row_key = suspected.row_key
			group by person_id, whose.person_key
		), all_known as (
			select person_id, count(distinct dataset || subject || ' ' || month_on) as count_facts from facts group by person_id
		)
		select person_id, count(*) from matched join all_known using (person_id, count_facts) group by person_id having count(*) < 8`)
	return alone, withEpisode, connected
}

// factsKnown are the rows that fit somebody of whom an attacker knows age, sex, and the kind and month of each episode or the
// dataset and month of each consent request. No key connects two rows, so each known fact is tried by itself: whose they are
// only the council's own file says, which counts the people behind them.
func (w world) factsKnown() string {
	return `, facts as (
			select distinct person_id, 'fact_episode' as dataset, kind as subject, date_trunc('month', opened_at)::date as month_on
			from read_parquet(` + w.refined("int_episodes") + `)
			union all
			select distinct person_id, 'fact_consent_request', dataset, date_trunc('month', asked_at)::date
			from read_parquet(` + w.trusted("audit", "consent_requests") + `) where dataset is not null
		), rows_shown as (
			select 'fact_episode' as dataset, episode_key as row_key, age_band, sex, kind as subject, opened_on as on_month, opened_quarter_on as on_quarter, opened_year as on_year
			from read_parquet(` + w.trusted("bi", "fact_episode") + `)
			union all
			select 'fact_consent_request', consent_request_key, age_band, sex, dataset, asked_on, asked_quarter_on, asked_year
			from read_parquet(` + w.trusted("bi", "fact_consent_request") + `)
		), suspected as (
			select known.person_id, facts.dataset, facts.subject || ' ' || facts.month_on as fact, shown.row_key
			from known
			join facts on facts.person_id = known.person_id
			join rows_shown as shown on shown.dataset = facts.dataset
				and (shown.age_band is null or shown.age_band = 'not recorded'
					or known.age between regexp_extract(shown.age_band, '^[0-9]+')::integer and coalesce(try_cast(regexp_extract(shown.age_band, 'to ([0-9]+)$', 1) as integer), 200))
				and (shown.sex is null or coalesce(known.sex, 'other or not recorded') = shown.sex)
				and (shown.subject is null or shown.subject = facts.subject)
				and (shown.on_month is null or shown.on_month = facts.month_on)
				and (shown.on_quarter is null or shown.on_quarter = date_trunc('quarter', facts.month_on))
				and (shown.on_year is null or shown.on_year = year(facts.month_on))
		)`
}
