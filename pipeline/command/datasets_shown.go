package command

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"careshare/load/agreement"
)

// dictionary is the data dictionary, whole or of one dataset.
type dictionary struct {
	Datasets []agreement.DictionaryEntry `json:"datasets"`
	one      bool
}

func (d dictionary) Text(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer table.Flush()
	for _, entry := range d.Datasets {
		if d.one {
			entryText(table, entry)
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", entry.Name, entry.ContractGate, orNot(entry.Audience), entry.Description)
	}
}

func entryText(w io.Writer, entry agreement.DictionaryEntry) {
	fmt.Fprintf(w, "%s: %s\n", entry.Name, entry.Description)
	fmt.Fprintf(w, "grain\t%s\n", strings.Join(entry.Grain, ", "))
	if entry.Version != "" {
		fmt.Fprintf(w, "version\t%s\n", entry.Version)
	}
	if entry.NeedsKey {
		fmt.Fprintln(w, "pseudonyms\tpublished only where there is a key")
	}
	fmt.Fprintf(w, "audience\t%s\n", orNot(entry.Audience))
	if entry.Audience != "" {
		fmt.Fprintf(w, "purpose\t%s\nlegal bases\t%s\n", entry.Purpose, strings.Join(entry.LegalBases, ", "))
	}
	if entry.Exemption != "" {
		fmt.Fprintf(w, "exemption\t%s\n", strings.ReplaceAll(entry.Exemption, "_", " "))
	}
	if entry.Audience != "" && entry.IsShared() {
		fmt.Fprintf(w, "gate\t%s\nNHS number\t%s\n", entry.Gate, entry.Standing)
	}
	fmt.Fprintf(w, "whose row\t%s\n", entry.Subject)
	fmt.Fprintln(w, "\nCOLUMN\tTYPE\tKIND\tNULL\tUNIT\tMEANING")
	for _, column := range entry.Columns {
		null := ""
		if column.Nullable {
			null = "yes"
		}
		meaning := column.Meaning
		if d := column.Deprecated; d != nil {
			meaning += fmt.Sprintf(" Deprecated since %s, goes on %s: use %s.", d.Since, d.RemoveOn, d.Use)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", column.Name, column.Type, column.Kind, null, column.Unit, meaning)
	}
}

func orNot(audience string) string {
	if audience == "" {
		return "(not in the agreement)"
	}
	return audience
}
