package tour

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// referral is a matter that a rule gives to a team, and about which a department is asked.
type referral struct {
	*letters
	chess      matter
	branch     unit
	department unit
	id         string
}

// steps are those of the chapter on the red mailbox that lead out of the branch.
func (r *referral) steps() []step {
	return []step{
		{r.clerk, both("定下规则：关爱类诉求派给社区", "rules that the community gets what is about care"), r.rule},
		{r.chess.author, both("投递：棋牌室门口没有扶手", "writes: there is no handrail by the games room"), r.submit},
		{r.clerk, both("受理，按规则自动派办", "accepts it, and the rule gives it to the team"), r.accept},
		{r.clerk, both("想请住建局协助，先问居民", "would ask a department, and asks the resident first"), r.ask},
		{r.officer, both("居民同意之前什么也看不到", "sees nothing before the resident agrees"), r.notYet},
		{r.chess.author, both("同意，只转交所写的内容", "agrees, to the text alone"), r.agree},
		{r.officer, both("看到内容，看不到是谁，答复支部", "sees the text and nobody's name, and answers"), r.answer},
		{r.clerk, both("据此答复居民", "answers the resident"), r.reply},
	}
}

// unitNamed finds a unit by its kind and a part of its name.
func (r *referral) unitNamed(ctx context.Context, kind, name string) (unit, *answer) {
	found, known, a := find(ctx, r.clerk, "/v1/units", url.Values{"kind": {kind}}, func(u unit) bool { return strings.Contains(u.Name, name) })
	a.expect(known, "a %s called %s", kind, name)
	return found, a
}

func (r *referral) rule(ctx context.Context) (text, error) {
	var a *answer
	if r.branch, a = r.unitNamed(ctx, "branch", "老干部宿舍"); a.err != nil {
		return text{}, a.err
	}
	var set struct{ Team string }
	a = r.clerk.put(ctx, "/v1/mailbox/dispatch-rules/"+r.branch.ID+"/care", map[string]any{"team": "community"}, "").want(http.StatusOK, &set)
	a.expect(set.Team == "community", "the team of the community")
	return both("适用于%s", "for %s", r.branch.Name), a.err
}

func (r *referral) submit(ctx context.Context) (text, error) {
	estate, a := r.unitNamed(ctx, "estate", "老干部宿舍")
	if a.err != nil {
		return text{}, a.err
	}
	if err := r.chess.author.signIn(ctx); err != nil {
		return text{}, err
	}
	a = r.chess.author.post(ctx, "/v1/mailbox/requests", map[string]any{
		"category": "care", "text": "棋牌室门口三级台阶没有扶手，老人上下不稳。" + r.mark, "identity": "named", "estateId": estate.ID,
	}).want(http.StatusCreated, &r.chess.seen)
	a.expect(r.chess.seen.Status == "screened", "status screened")
	r.chess.author.acknowledged(a, fact{Kind: "request", ID: r.chess.seen.ID, Reached: "screened"})
	return both("回执 %s", "receipt %s", r.chess.seen.Receipt), a.err
}

func (r *referral) accept(ctx context.Context) (text, error) {
	a := r.move(ctx, &r.chess, r.clerk, "acceptance", map[string]string{"priority": "normal"}, "dispatched")
	return both("已在社区手里", "it is with the community"), a.err
}

// asked is a referral as those see it who see it at all.
type asked struct {
	ID        string `json:"id"`
	Status    string `json:"status"`
	Question  string `json:"question"`
	Answer    string `json:"answer"`
	Text      string `json:"text"`
	Submitter string `json:"submitter"`
}

func (r *referral) ask(ctx context.Context) (text, error) {
	var a *answer
	if r.department, a = r.unitNamed(ctx, "department", "住房和城乡建设局"); a.err != nil {
		return text{}, a.err
	}
	path := "/v1/mailbox/requests/" + r.chess.seen.ID + "/referrals"
	a = r.clerk.post(ctx, path, map[string]string{"departmentId": r.department.ID, "text": "请贵局核实能否加装扶手。"}).want(http.StatusCreated, nil)
	if a.err != nil {
		return text{}, a.err
	}
	mine, found, a := find(ctx, r.chess.author, path, nil, func(q asked) bool { return q.Status == "asked" && q.Question != "" })
	a.expect(found, "the question, asked of the resident")
	r.id = "/v1/mailbox/referrals/" + mine.ID
	return both("时限继续计算", "the clocks go on"), a.err
}

func (r *referral) notYet(ctx context.Context) (text, error) {
	return both("如同不存在", "as if it did not exist"), r.officer.get(ctx, r.id).refused(http.StatusNotFound, "not_found")
}

func (r *referral) agree(ctx context.Context) (text, error) {
	a := r.chess.author.post(ctx, r.id+"/decision", map[string]any{"decision": "agree", "passes": []string{"text"}})
	return both("转交%s", "to %s", r.department.Name), a.want(http.StatusOK, nil).err
}

func (r *referral) answer(ctx context.Context) (text, error) {
	var seen asked
	a := r.officer.get(ctx, r.id).want(http.StatusOK, &seen)
	a.expect(strings.Contains(seen.Text, r.mark) && seen.Submitter == "", "what was written, and nobody's name")
	if a.err != nil {
		return text{}, a.err
	}
	a = r.officer.post(ctx, r.id+"/answer", map[string]string{"text": "可以加装，下周一施工。"}).want(http.StatusOK, &seen)
	a.expect(seen.Status == "answered", "status answered")
	return both("已答复支部", "answered the branch"), a.err
}

func (r *referral) reply(ctx context.Context) (text, error) {
	told, found, a := find(ctx, r.clerk, "/v1/mailbox/requests/"+r.chess.seen.ID+"/referrals", nil, func(q asked) bool { return q.Status == "answered" })
	if !a.expect(found && told.Answer != "", "the department's answer") {
		return text{}, a.err
	}
	if a = r.move(ctx, &r.chess, r.clerk, "start", nil, "handling"); a.err != nil {
		return text{}, a.err
	}
	a = r.move(ctx, &r.chess, r.clerk, "reply", map[string]any{"text": "已商住建局，下周一加装扶手。"}, "replied")
	return both("已答复", "replied"), a.err
}
