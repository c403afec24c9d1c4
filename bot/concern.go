package bot

import "wenda/internal/pattern"

// Some things a customer says need a person whatever the knowledge base knows about them.
// Like the words for a person they stand here, where no threshold and no editor can
// lose them; testdata/concern.txt says what counts and what does not.

// Dangers. What is said to each is system.risk-<danger>.
const (
	dangerHarm   = "harm"   // the customer may harm themselves
	dangerThreat = "threat" // somebody threatens somebody
	dangerFraud  = "fraud"  // the customer is being defrauded now, or has just been
)

// saysHarm are words for a deed against oneself, and for not wanting to live. Figures of
// speech (烦死了, 慢得要死) are none.
var saysHarm = pattern.MustCompile(`自杀|自尽|自残|寻短见|轻生|跳楼|跳河|跳江|跳桥|割腕|上吊|烧炭|喝农药|喝药死|吞安眠药|服毒|遗书|一死了之|生无可恋|` +
	`(?:不想|不愿意?)(?:再)?活(?:了|下去|着)?|活(?:着)?(?:不下去|没意思|没有?意义|太累|够了|腻了)|没法活|(?:真的?|也|就)?不活了|` +
	`(?:我|真|好|只|就|都|也)(?:的)?想死(?:了|算了|的心|$)|死的心都有|死了算了|死给你们?看|(?:结束|了结)(?:自己|我)?的?(?:生命|性命)|(?:逼|催)(?:我|人)(?:去)?死|(?:逼|催)死(?:我|人|个人)|要(?:出|闹出)人命|` +
	`kill(?:ing)?myself|suicid|(?:end|take|ending|taking)my(?:own)?life|want(?:to|a)(?:just)?die|wanna(?:just)?die|dontwanttolive|donotwanttolive|nothingtolivefor|noreasontolive|betteroff(?:dead|if(?:iwas|iwere)dead)|(?:hurt|harm|cut)(?:ing|ting)?myself|selfharm`)

// saysThreat are words for violence, whoever threatens whom. 打我 is mostly a telephone call.
var saysThreat = pattern.MustCompile(`弄死|整死|搞死|打死(?:你|我|他|她|人)|砍(?:死|人|你|他)|捅(?:死|人|你|我|他|了)|杀(?:人|死|了你|了我|了他|你全家|我全家|全家|害)|灭(?:门|你全家|我全家)|同归于尽|报复社会|` +
	`炸(?:了|掉|死|平)(?:你们?|我们?)|(?:炸|烧)(?:了|掉)?你们?(?:的)?(?:公司|单位|家|楼)|放火|泼(?:油漆|汽油|硫酸)|带(?:着)?(?:刀|汽油)|拿刀|绑架|(?:卸|打断)(?:我|你|他|她)?(?:的)?(?:一条)?(?:腿|胳膊|手脚)|` +
	`(?:上门|找人|派人|被人?|动手)(?:打|殴打|揍)(?:我|人|了我|你们?)|殴打|人身威胁|人身安全|威胁(?:要)?(?:我|到我)?(?:的)?(?:家人|父母|孩子|全家|生命|人身|性命)|` +
	`(?:kill|murder|stab|shoot|bomb)(?:you|him|her|them|me|myfamily|yourfamily|somebody|someone|people)|burn(?:down)?your(?:office|building|house)|(?:beat|beating)(?:meup|myfamily)|hurtmyfamily|threat(?:en|ened|ening|ens)to(?:kill|hurt|beat)|ihavea(?:knife|gun)`)

// saysFraud are words for a fraud that goes on or has just been: a code or the screen was
// given away, the money is gone. What only asks about frauds (安全账户是真的吗) is for the base.
var saysFraud = pattern.MustCompile(
	`(?:验证码|短信码|动态码|密码)(?:都|已经|刚刚?|就|我)?(?:给|发给|告诉|说给|报给|念给|转给|透露给)(?:了|过)?(?:他|她|对方|别人|人家|骗子|陌生人|客服|那个人|那边)|(?:验证码|密码)(?:都|已经|被)?(?:说出去|发出去|发过去|泄露)(?:了|$)|` +
		`(?:告诉|给|发给|报给|念给|说给)(?:了)?(?:他|她|对方|别人|人家|骗子|陌生人|那个人|那边)(?:了)?(?:我的?|一个|银行卡?)?(?:短信)?(?:验证码|密码)|` +
		`把(?:短信|银行|我的)?(?:的)?(?:验证码|短信码|密码)(?:都|已经)?(?:给|发|告诉|说|报|念)(?:给)?(?:了)?(?:他|她|对方|别人|人家|骗子|陌生人|客服|那个人|那边|出去)|` +
		`(?:正在|正|刚刚?|已经|一直|还在)(?:跟|和|给|被|让)?(?:他|她|对方|骗子|客服|人)?(?:们)?(?:开着?|在)?(?:屏幕共享|共享屏幕|共享(?:我的?)?手机|远程(?:控制|操作))|` +
		`(?:屏幕共享|共享屏幕|远程控制).{0,6}钱.{0,4}(?:没了|转走|少了)|(?:钱|余额|存款|积蓄|款)(?:都|全|已经|刚)*被(?:人|他|她|对方|骗子)?(?:骗|盗|转)走(?:了)?|骗我.{0,6}转(?:走|账|了)|` +
		`我(?:好像|可能|应该|刚刚?|已经|是不是)*(?:正在)?(?:被|遭|遇到|碰到)(?:人)?(?:了)?(?:诈骗|电信诈骗|网络诈骗|电诈|骗子|骗)(?:了|啦|$|钱|[0-9一二三四五六七八九十几]+[万千百块元])|` +
		`^(?:刚刚?|已经)?被(?:人)?(?:诈骗|骗)(?:了|走|去|钱|[0-9一二三四五六七八九十几]+[万千百块元])|` +
		`(?:转|汇|打)(?:过去|给|到|进)(?:了)?骗子|(?:已经|刚刚?)(?:把钱)?(?:转|汇|打)(?:给|到|进)(?:了)?安全账户|` +
		`(?:gave|given|told|sent)(?:him|her|them|someone|somebody|the)?(?:caller|scammer|stranger|man|woman)?(?:my|the|a)?(?:otp|code|verificationcode|onetimecode|smscode|password|pin)|` +
		`sharing(?:my)?screenwith(?:him|her|them|a|the|some)|sharedmyscreen|(?:ive|ihave|igot|iwas|iam|im|just)(?:just)?(?:been|got|being|getting)?(?:scammed|defrauded)|(?:scammer|fraudster)(?:has|took|stole|got)`)

// asksOfFraud are questions about what has not happened.
var asksOfFraud = pattern.MustCompile(`就行|安全吗|可以吗|能给吗|^怕`)

// Danger names the danger that somebody is in, by what was said; "" if none.
func Danger(utterance string) string { return wordsOf(utterance).danger() }

func (w words) danger() string {
	switch {
	case w.match(saysHarm):
		return dangerHarm
	case w.match(saysThreat):
		return dangerThreat
	case w.match(saysFraud) && !w.match(asksOfFraud):
		return dangerFraud
	}
	return ""
}

// complains are a wish to complain and the threat to do so elsewhere. A question how one
// complains is for the base, with a person offered beneath (Policy.Persons).
var complains = pattern.MustCompile(`^(?:我)?(?:要|想|得|必须|一定要?|就要|准备|打算|马上|现在)*(?:去)?(?:投诉|投拆|举报)(?:你们?|他们?|客服|平台|公司|催收|业务员)*(?:了|啊|吧|到底)?$|` +
	`(?:我|我们)(?:要|想|得|必须|一定要?|就|真的|只能|只好|准备|打算|现在|马上|实名)*(?:去|向|到|找|打)?(?:` + elsewhere + `)?(?:投诉|投拆|举报|曝光|起诉)(?:你们?|他们?|这个|客服|平台|公司|催收|到底)|` +
	`(?:不(?:给|解决|处理|退|回复|管).{0,6}|再(?:这样|不|打|催).{0,8}|信不信|那)(?:我)?(?:就|马上|直接|我)(?:去|向|到|找|打)?(?:` + elsewhere + `)?(?:投诉|举报|曝光|起诉|告你)|` +
	`(?:` + elsewhere + `)(?:投诉|举报|告|曝光|起诉)你们|(?:要|就|去|会|得)(?:投诉|举报|告|曝光|起诉)你们|^(?:投诉|举报|曝光|起诉)你们|(?:找|联系|打给?)(?:记者|媒体|律师).{0,4}(?:曝光|投诉|举报|告你)|` +
	`(?:i|we)(?:want|wanna|wouldlike|need|amgoing|mgoing|will|ll|have|must)(?:to)?(?:make|file|lodge|raise|submit)?(?:a|an)?(?:formal|official)?(?:complain|complaint|report)(?:about|against)?(?:you|this|your|thiscompany|theservice|$)|illsueyou|iwillsueyou|suingyou|reportyouto|complainaboutyou`)

// elsewhere is whom else one complains to.
const elsewhere = `消协|12315|12378|12363|12345|市长热线|银保监会?|金融监管(?:总?局)?|市场监管局?|监管(?:部门|局)?|人民银行|人行|央行|工商局?|法院|信访|媒体|记者|黑猫`

// howToComplain are questions about complaints, which the base answers.
var howToComplain = pattern.MustCompile(`怎么投诉|如何投诉|哪里(?:可以)?投诉|在哪投诉|去哪|哪儿|渠道|入口|方式|电话|多久|几天|时限|进度|结果|怎么样了|什么时候|撤销|撤回|吗$|会不会|影响|how(?:do|to|can)|whereto|howlong|status|progress`)

// Complains reports whether the customer complains of us, or says that they will.
func Complains(utterance string) bool { return wordsOf(utterance).complain() }

func (w words) complain() bool { return w.match(complains) && !w.match(howToComplain) }

// vulnerable are customers who need more help than others and say so of themselves, or
// of whom they write for.
var vulnerable = pattern.MustCompile(`(?:我|本人)(?:就|今年|都|已经)?(?:是|算)(?:一个|个|一名|名)?(?:老年人|老人家?|老头|老太太|聋哑人?|聋人|哑巴|盲人|残疾人?|残障人?|视障|听障|肢残)|老年人|聋哑|残疾人?|视障|听障|盲人|` +
	`(?:我|本人)(?:今年|都|已经|快)*(?:[六七八九]十|[6-9][0-9])(?:多|几|来)?岁?了?(?:看|听|不会|眼|耳)|年纪(?:大|太大|这么大)了|岁数大了|上了年纪|老眼昏花|眼(?:睛)?(?:花|不好|看不清|看不见)|看不清(?:字|楚字|屏幕|手机)|看不见(?:字|屏幕)|字太小.{0,4}看不清|` +
	`耳(?:朵)?(?:背|聋|不好|听不见|听不清)|听力(?:不好|障碍)|视力(?:不好|障碍|很差)|说不了话|不识字|不认字|不会(?:打字|用手机|用智能手机)|手抖.{0,6}(?:拿不稳|打不|点不|按不)|手(?:不方便|发抖)|卧床|坐轮椅|` +
	`(?:iam|im)(?:a|an)?(?:blind|deaf|mute|disabled|elderly|visuallyimpaired|hearingimpaired|hardofhearing|oldman|oldwoman|seniorcitizen)|(?:iam|im)(?:in|on)a?wheelchair|my(?:eyesight|hearing)is(?:poor|bad|failing)|i(?:cant|cannot)(?:see|hear|read)(?:well|thetext|thescreen|theletters|properly)|icantread|mydisability|elderly`)

// notVulnerable take back words of the kind that ask for no help of that kind.
var notVulnerable = pattern.MustCompile(`看不清(?:照片|证件|验证码|图片|合同|条款)|(?:身份证|照片|证件|人脸|账单|合同|条款|验证码).{0,4}看不清|(?:爸妈|父母|妈|爸|老公|老婆|媳妇|老伴|对象|他|她)(?:都)?(?:年纪|岁数)(?:都)?大|(?:妈|爸|老公|老婆|媳妇|老伴|对象|他|她)不会(?:用|打)|(?:给|能|可以|让)(?:不给|不能)?(?:我)?(?:借|贷|申请)|残疾(?:证|等级|军人)|补贴|补助|公交卡|瞎了吗`)

// Vulnerable reports whether the customer says that they need more help than others.
func Vulnerable(utterance string) bool { return wordsOf(utterance).vulnerable() }

func (w words) vulnerable() bool { return w.match(vulnerable) && !w.match(notVulnerable) }

// WantsPerson returns the reason of a handoff if the utterance is to go to a person
// whatever it may mean besides: danger, a complaint, or a wish for a person; "" if not.
func WantsPerson(utterance string) string {
	switch w := wordsOf(utterance); {
	case w.danger() != "":
		return ReasonRisk
	case w.complain():
		return ReasonComplaint
	case w.askForPerson():
		return ReasonRequest
	}
	return ""
}

// wish is the reason of a handoff that the customer asks for in words.
func wish(sc scene) string {
	switch why, said := sc.session.Memory.Why, wordsOf(sc.said.Text); {
	case said.complain() || why == ReasonComplaint:
		return ReasonComplaint
	case said.vulnerable() || why == ReasonVulnerable:
		return ReasonVulnerable
	case why == ReasonPolicy:
		return ReasonPolicy
	}
	return ReasonRequest
}
