package agreement

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"careshare/load/strictyaml"
	"careshare/sql/shown"
)

func (a Agreement) check(at strictyaml.Lines, contracts Contracts) error {
	if a.Version == "" {
		return at.Fault("$.version", "version is missing")
	}
	for _, day := range []struct{ key, value string }{{"valid_from", a.ValidFrom}, {"review_on", a.ReviewOn}} {
		if _, err := time.Parse(time.DateOnly, day.value); err != nil {
			return at.Fault("$."+day.key, "%s is not a date YYYY-MM-DD", day.key)
		}
	}
	if err := a.Retention.check(at); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(a.Audiences)) {
		if err := a.Audiences[name].check(at, name); err != nil {
			return err
		}
	}
	for _, audience := range slices.Sorted(maps.Keys(a.DeIdentification)) {
		if _, known := a.Audiences[audience]; !known {
			return at.Fault("$.de_identification."+audience, "audience %s is not among audiences", shown.Key(audience))
		}
		if err := a.DeIdentification[audience].check(at, audience); err != nil {
			return err
		}
	}
	if err := a.SecurityLabels.check(at); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(a.Audiences)) {
		if err := a.checkExemption(at, name); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for i, dataset := range a.Datasets {
		where := fmt.Sprintf("$.datasets[%d]", i)
		if seen[dataset.Name] {
			return at.Fault(where+".name", "dataset %s is named twice", shown.Key(dataset.Name))
		}
		seen[dataset.Name] = true
		if err := a.checkDataset(at, where, dataset, contracts); err != nil {
			return err
		}
	}
	for _, contract := range contracts {
		if contract.NeededFor != "" && !seen[contract.Name] {
			return at.Fault("$.datasets", "dataset %s is missing: %s needs it", contract.Name, contract.NeededFor)
		}
	}
	return nil
}

func (r Retention) check(at strictyaml.Lines) error {
	for _, days := range []struct {
		key   string
		value int
	}{{"snapshots_days", r.SnapshotsDays}, {"raw_days", r.RawDays}, {"shared_health_days", r.SharedHealthDays}, {"returns_days", r.ReturnsDays}} {
		if days.value < 1 {
			return at.Fault("$.retention."+days.key, "retention.%s is missing or below 1 day", days.key)
		}
	}
	return nil
}

func (a Agreement) checkDataset(at strictyaml.Lines, where string, d AgreedDataset, contracts Contracts) error {
	contract, known := contracts.Find(d.Name)
	if !known {
		return at.Fault(where+".name", "no contract for dataset %s%s", shown.Key(d.Name), strictyaml.Nearest(d.Name, contracts.names()))
	}
	if d.Direction == "internal" {
		return at.Fault(where+".direction", "dataset %s: direction internal exempts nothing: leave it out, and name the exemption of audience %s with its legal basis", d.Name, shown.Key(d.Audience))
	}
	if d.Direction != "" && d.Direction != contract.Direction {
		return at.Fault(where+".direction", "dataset %s has direction %s in its contract, not %s", d.Name, cmp.Or(contract.Direction, "none"), shown.Key(d.Direction))
	}
	if err := a.checkAudience(at, where, d, contract); err != nil {
		return err
	}
	if d.Purpose == "" {
		return at.Fault(where, "dataset %s has no purpose", d.Name)
	}
	if len(d.Columns) == 0 {
		return at.Fault(where, "dataset %s names no columns", d.Name)
	}
	for i, column := range d.Columns {
		if !slices.Contains(contract.Names(), column) {
			return at.Fault(fmt.Sprintf("%s.columns[%d]", where, i), "no column %s in the contract of %s%s", shown.Key(column), d.Name, strictyaml.Nearest(column, contract.Names()))
		}
	}
	if err := a.checkPseudonymised(at, where, d, contract); err != nil {
		return err
	}
	return d.checkWords(at, where, contract.IsShared())
}

// checkAudience holds a dataset to the audience that the parties chose: one of its contract's, and one whose limits it keeps.
func (a Agreement) checkAudience(at strictyaml.Lines, where string, d AgreedDataset, c Contract) error {
	access, known := a.Audiences[d.Audience]
	if !known {
		return at.Fault(where+".audience", "dataset %s: audience %s is not among audiences%s", d.Name, d.Audience, strictyaml.Nearest(d.Audience, slices.Sorted(maps.Keys(a.Audiences))))
	}
	if access.Exemption == DeIdentified {
		if named := c.ofKind(Identifier); len(named) > 0 {
			return at.Fault(where+".audience", "dataset %s: audience %s is de-identified, and column %s is an identifier", d.Name, d.Audience, named[0])
		}
		if written := c.ofKind(Text); len(written) > 0 {
			return at.Fault(where+".audience", "dataset %s: audience %s is de-identified, and column %s is free text", d.Name, d.Audience, written[0])
		}
		if telling := c.ofKind(QuasiIdentifier, Sensitive); len(telling) > 0 && c.Gate != ByClearance {
			return at.Fault(where+".audience", "dataset %s: audience %s is de-identified, and column %s says something of a person: its gate must be cleared", d.Name, d.Audience, telling[0])
		}
		if c.Gate != ByClearance && (c.Gate != NoGate || c.Subject != nobody) {
			return at.Fault(where+".audience", "dataset %s: audience %s is de-identified: its gate must be cleared, or none with subject none", d.Name, d.Audience)
		}
	}
	if !slices.Contains(c.Audiences, d.Audience) {
		return at.Fault(where+".audience", "dataset %s: audience %s is not among those of its contract, %v", d.Name, d.Audience, c.Audiences)
	}
	switch {
	case c.Gate == ByClearance && access.Exemption != DeIdentified:
		return at.Fault(where+".audience", "dataset %s has gate cleared: audience %s must be exempt as de_identified", d.Name, d.Audience)
	case c.Gate == NoGate && access.Exemption == "":
		return at.Fault(where+".audience", "dataset %s has gate none: audience %s has no exemption, so nothing may reach it without a decision", d.Name, d.Audience)
	}
	return nil
}

// checkExemption holds an exemption to its legal basis, and a de-identified audience to its terms.
func (a Agreement) checkExemption(at strictyaml.Lines, audience string) error {
	where, x := "$.audiences."+audience, a.Audiences[audience]
	_, hasTerms := a.DeIdentification[audience]
	words := []string{Statutory, InternalAudit, DeIdentified}
	switch {
	case x.Exemption != "" && !slices.Contains(words, x.Exemption):
		return at.Fault(where+".exemption", "audience %s: exemption must be one of %v", audience, words)
	case x.Exemption != "" && strings.TrimSpace(x.LegalBasis) == "":
		return at.Fault(where, "audience %s: exemption %s has no legal_basis: name the law that it rests on", audience, x.Exemption)
	case x.Exemption == "" && x.LegalBasis != "":
		return at.Fault(where, "audience %s has a legal_basis and no exemption", audience)
	case x.Exemption == DeIdentified && !hasTerms:
		return at.Fault(where, "audience %s is exempt as de_identified: its terms are missing under de_identification", audience)
	case x.Exemption != DeIdentified && hasTerms:
		return at.Fault(where, "audience %s has de_identification: its exemption must be de_identified", audience)
	}
	return nil
}

// checkWords holds the words that the models compare with. Where no decision applies they may be left out.
func (d AgreedDataset) checkWords(at strictyaml.Lines, where string, shared bool) error {
	gates, standings := []string{"ask_each_time", "objection", "statutory"}, []string{"verified", "traced", "matched", "none"}
	bases := []string{"adult_care_duty", "safeguarding", "statute"}
	if (shared || d.Gate != "") && !slices.Contains(gates, d.Gate) {
		return at.Fault(where+".gate", "dataset %s: gate must be one of %v", d.Name, gates)
	}
	if (shared || d.Standing != "") && !slices.Contains(standings, d.Standing) {
		return at.Fault(where+".standing", "dataset %s: standing must be one of %v", d.Name, standings)
	}
	if shared && len(d.LegalBases) == 0 {
		return at.Fault(where, "dataset %s has no legal_bases", d.Name)
	}
	if basis := d.ContactsDespiteRefusal; basis != "" && (d.Name != "advocates_and_next_of_kin" || !slices.Contains(d.LegalBases, basis)) {
		return at.Fault(where+".contacts_despite_refusal",
			"dataset %s: contacts_despite_refusal belongs to advocates_and_next_of_kin and must be one of its legal_bases", d.Name)
	}
	for i, basis := range d.LegalBases {
		if !slices.Contains(bases, basis) {
			return at.Fault(fmt.Sprintf("%s.legal_bases[%d]", where, i), "dataset %s: legal basis must be one of %v", d.Name, bases)
		}
	}
	return nil
}

func (x Access) check(at strictyaml.Lines, audience string) error {
	where := "$.audiences." + audience
	if !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(audience) {
		return at.Fault(where, "audience %s: only lower case, digits and dashes", shown.Key(audience))
	}
	file, folder, err := x.Modes()
	if err != nil {
		return at.Fault(where, "audience %s: a mode is not octal in quotes, such as \"0640\"", shown.Key(audience))
	}
	if file&^0o640 != 0 || file&0o600 != 0o600 {
		return at.Fault(where+".file_mode", "audience %s: file_mode must be \"0600\" or \"0640\"", shown.Key(audience))
	}
	if folder&^0o750 != 0 || folder&0o700 != 0o700 {
		return at.Fault(where+".folder_mode", "audience %s: folder_mode must be \"0700\", \"0710\" or \"0750\"", shown.Key(audience))
	}
	return nil
}

// Modes are the octal texts as modes: 0600 and 0700 where nothing is said.
func (x Access) Modes() (file, folder fs.FileMode, err error) {
	if file, err = octal(x.FileMode, 0o600); err != nil {
		return 0, 0, err
	}
	folder, err = octal(x.FolderMode, 0o700)
	return file, folder, err
}

func octal(text string, otherwise fs.FileMode) (fs.FileMode, error) {
	if text == "" {
		return otherwise, nil
	}
	bits, err := strconv.ParseUint(text, 8, 32)
	if err != nil {
		return 0, fmt.Errorf("read mode: %w", err)
	}
	return fs.FileMode(bits), nil
}
