package borough

import "fmt"

// host is whoever looks after children that are placed: what a host is follows from the number.
type host struct {
	id            int64
	kind          string // fostering, home, supported, residential
	urn, provider string
	place         place
}

const (
	firstHost  = 70_000
	countHosts = 500
	// parentHost is added to a child's number: the parents with whom a child may be placed.
	parentHost = 10_000_000
)

// hosts are everyone's: fostering three in five, then children's homes, supported and residential accommodation.
func hosts() []host {
	all := places("carer")
	var inside []place
	for _, p := range all {
		if p.authority == hackney {
			inside = append(inside, p)
		}
	}
	found := make([]host, countHosts)
	for i := range found {
		c := host{id: int64(firstHost + i), place: all[i*7%len(all)], urn: fmt.Sprintf("SC%06d", 400_000+i), kind: "fostering"}
		c.provider = []string{"PR1", "PR4", "PR1", "PR5"}[i/10%4]
		switch i % 10 {
		case 6, 7:
			c.kind = "home"
		case 8:
			c.kind, c.place = "supported", inside[i%len(inside)]
		case 9:
			c.kind, c.urn, c.provider = "residential", "", "PR4"
		}
		if c.kind != "fostering" && c.provider == "PR1" && c.place.authority != hackney { // what is the council's own is in it
			c.provider = "PR4"
		}
		found[i] = c
	}
	return found
}

// parents are the child's own home as a placement.
func (s *story) parents() host {
	return host{id: parentHost + s.personID, kind: "parents", provider: "PR0", place: place{postcode: s.care.inCare.homePost}}
}
