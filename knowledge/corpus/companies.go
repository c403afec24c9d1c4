package corpus

// companies are names that must not stand in the corpus, as segment.Key writes them:
// tenants have names of their own, and a text that names another company's product is
// about that product.
var companies = []string{
	"微信", "支付宝", "花呗", "借呗", "余额宝", "芝麻信用", "芝麻分", "微粒贷", "微众", "京东", "白条", "百度",
	"度小满", "腾讯", "阿里", "淘宝", "天猫", "拼多多", "美团", "抖音", "快手", "滴滴", "携程", "唯品会", "苏宁", "招联", "好期贷", "马上消费", "安逸花",
	"360借条", "奇富", "拍拍贷", "乐信", "分期乐", "陆金所", "宜信", "捷信", "华为", "招商银行", "工商银行", "建设银行",
	"农业银行", "中国银行", "交通银行", "邮储银行", "浦发", "民生银行", "兴业银行", "华夏银行", "广发", "招行", "工行", "建行", "农行", "中行",
	"网商银行", "云闪付", "银联", "微博", "小红书", "饿了么", "高德", "wechat", "alipay", "paypal", "revolut", "monzo", "klarna", "mastercard",
	"applepay", "googlepay", "amazon", "barclays", "hsbc", "citibank", "venmo", "cashapp", "starling", "n26", "uber", "netflix", "spotify",
}
