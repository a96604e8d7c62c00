package pipeline

import (
	"strings"
	"testing"

	"careshare/pipeline/exit"
	"careshare/pipeline/snapshot"
)

// A person is found by the NHS number as people write it, and the paragraph counts what the decisions say.
func TestExplainByNHSNumber(t *testing.T) {
	t.Parallel()
	w := demo(t)
	found := w.query(t, `select n.person_id, n.nhs_number, count(*) filter (where d.decision = 'shared'), count(*)
		from `+w.refined("int_nhs_numbers")+` as n inner join `+w.trusted("audit", "decisions")+` as d using (person_id)
		where n.nhs_number is not null and exists (select 1 from `+w.trusted("audit", "consent_refusals")+` as r where r.person_id = n.person_id and r.is_standing and r.count_rows_stopped > 0)
		group by all order by all limit 1`)[0]
	number := found[1]
	w.mustRun(t, exit.Done, "explain", number[:3]+" "+number[3:6]+" "+number[6:])
	said := strings.Join(strings.Fields(w.stdout), " ")
	for _, want := range []string{"Person " + found[0] + " in snapshot", found[2] + " of the " + found[3] + " datasets", " stand", " kept back for that."} {
		if !strings.Contains(said, want) && !strings.Contains(said, strings.Replace(want, found[2]+" of", "none of", 1)) {
			t.Errorf("explain does not say %q: %s", want, said[:min(len(said), 900)])
		}
	}
}

// A proof without a root says that it does not prove whose log it is, and a wrong root what to do.
func TestTheRootOfAProof(t *testing.T) {
	t.Parallel()
	w, proof := demo(t), t.TempDir()+"/rows.json"
	w.mustRun(t, exit.Done, "prove", snapshot.AuditName, "--to", proof)
	w.mustRun(t, exit.Done, "verify", "--proof", proof)
	if !strings.Contains(w.stderr, "without --root this proves nothing about whose log it is") {
		t.Errorf("verify says %q", w.stderr)
	}
	w.mustRun(t, exit.Failed, "verify", "--proof", proof, "--root", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	if !strings.Contains(w.stderr, "does not match the root that you gave") || !strings.Contains(w.stderr, "hint: compare with the root of the day") {
		t.Errorf("verify says %q", w.stderr)
	}
}
