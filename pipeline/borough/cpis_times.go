package borough

import "time"

// newestUpload is the sequence number of the council's newest upload file. It went and was answered the day before as-at; one went
// each week before.
const (
	newestUpload = 17
	week         = 7 * 24 * time.Hour
)

func (o Options) uploadedAt(sequence int) time.Time {
	return o.AsAt.Add(-24*time.Hour - time.Duration(newestUpload-sequence)*week)
}

// uploadAt is the newest upload that had gone at a moment.
func (o Options) uploadAt(at time.Time) int {
	sequence := newestUpload
	for o.uploadedAt(sequence).After(at) {
		sequence--
	}
	return sequence
}

// isUploaded says whether the last three uploads name the child: whoever is on a plan or looked after, but those born since.
func (l *life) isUploaded(o Options) bool {
	isThere := func(at time.Time) bool { return l.isCPIS(wallClock(at)) }
	return l.isPerson() && l.uploadedNumber() != "" && isThere(o.AsAt) && isThere(o.uploadedAt(newestUpload-2))
}

// tell draws when a message is sent, and when each access was of which it tells: within the day before, since CP-IS records what
// has happened.
func (c *cpis) tell() (sent time.Time) {
	sent = c.moment()
	for i := range c.waiting {
		c.waiting[i].EffectiveTime = hl7(sent.Add(-c.minutes(24 * 60)))
	}
	return sent
}

// moment is within the last fortnight.
func (c *cpis) moment() time.Time { return c.o.AsAt.Add(-c.minutes(14 * 24 * 60)) }

// minutes are from one to so many.
func (c *cpis) minutes(most int) time.Duration {
	return time.Duration(1+c.rng.IntN(most)) * time.Minute
}
