package borough

func (c *chunk) mistake(n *caseOfNeed) {}
