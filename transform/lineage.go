package transform

import (
	"maps"
	"slices"
)

// reads is what a table reads by its proven header; nothing for a source or a name that is none.
func (m Models) reads(name string) []string {
	i := slices.IndexFunc(m.Tables, func(t Model) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return m.Tables[i].Reads
}

// Sources are the source tables that a table rests on, near or far, by name; a source rests on itself.
func (m Models) Sources(name string) []string {
	return m.sources(name, func(string) bool { return false })
}

// sources looks at nothing that is passed over, nor behind it.
func (m Models) sources(name string, isPassedOver func(string) bool) []string {
	seen, sources := map[string]bool{}, map[string]bool{}
	var visit func(string)
	visit = func(at string) {
		if seen[at] || isPassedOver(at) {
			return
		}
		seen[at] = true
		if !readsModel(at) {
			sources[at] = true
		}
		for _, read := range m.reads(at) {
			visit(read)
		}
	}
	visit(name)
	return slices.Sorted(maps.Keys(sources))
}

// Way is the shortest chain of reads by which what is in one table, or source, comes into another, both included;
// nothing where none does.
func (m Models) Way(from, to string) []string {
	next := map[string]string{to: ""} // towards to
	for queue := []string{to}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at == from {
			var way []string
			for ; at != ""; at = next[at] {
				way = append(way, at)
			}
			return way
		}
		for _, read := range m.reads(at) {
			if _, seen := next[read]; !seen {
				next[read] = at
				queue = append(queue, read)
			}
		}
	}
	return nil
}

// aboutNobody are the relations that a dataset without a gate may rest on in a de-identified audience: lists, the council's
// teams, and figures whose small numbers are hidden. All others may say who somebody is, whatever kinds a contract declares.
var aboutNobody = []string{
	"casestore.dm_organisations", "config.age_bands", "config.de_identification", "config.dictionary", "config.episode_steps",
	"config.figures", "config.lineage", "config.reasons", "config.settings", "earlier.trends", "int_figures", "previous.published_figures",
}

// AboutPeople are the source tables by which a table may say who somebody is, by name.
func (m Models) AboutPeople(name string) []string {
	return m.sources(name, func(at string) bool { return slices.Contains(aboutNobody, at) })
}
