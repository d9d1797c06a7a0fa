import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.charfilter.MappingCharFilter;
import org.apache.lucene.analysis.charfilter.NormalizeCharMap;
import org.apache.lucene.analysis.compound.hyphenation.HyphenationTree;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.ja.util.CSVUtil;
import org.apache.lucene.analysis.ko.dict.Dictionary.Morpheme;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.analysis.synonym.WordnetSynonymParser;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.store.ByteArrayDataInput;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.CharsRef;
import org.apache.lucene.util.CharsRefBuilder;
import org.apache.lucene.util.IntsRef;
import org.apache.lucene.util.fst.FST;
import org.apache.lucene.util.fst.IntsRefFSTEnum;
import org.xml.sax.InputSource;

/**
 * Parses dictionary files with Lucene. Each line of standard input is a request: fields `name=value`
 * separated by tabs; each line of standard output is the response, a JSON object.
 *
 *   kind        as in the configuration; or `tokens` (tokens of a text), or `time` (seconds to read synonyms)
 *   data        the file's bytes, base64
 *   tokenizer   whitespace, keyword or standard; with it lowercase=true, and stopwords (base64, a line each)
 *   expand, lenient
 *   engine      old (OpenSearch up to 2.3, Elasticsearch) or new: how it reads the lines of word lists
 *   comments    if mappings have comments (not in OpenSearch 1.3.11, 2.9 and 2.10: pull request 7591)
 *   hash-rules  if `# => x` is a rule for `#` (since pull request 10220: OpenSearch 2.11)
 *
 * Responses: {"accepted": true, "rules": [...]} or {"accepted": false, "line": 3 or null, "message": "..."}.
 * A rule is a list; its first member is the subject.
 *
 * Lucene's own classes: SolrSynonymParser, WordnetSynonymParser, SynonymMap, all tokenizers and filters,
 * StemmerOverrideFilter, NormalizeCharMap and MappingCharFilter, both UserDictionary, CSVUtil, HyphenationTree.
 * OpenSearch cannot be installed here. Methods that name one of its classes re-implement that class's
 * processing before Lucene, after its sources.
 */
public final class AskLucene {

  public static void main(String[] arguments) throws IOException {
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String request; (request = requests.readLine()) != null; ) {
      answers.println(Json.of(answer(new Request(request))));
      answers.flush();
    }
  }

  private static Map<String, Object> answer(Request request) {
    Map<String, Object> answer = new LinkedHashMap<>();
    Place place = new Place();
    try {
      Object rules = rules(request, place);
      answer.put("accepted", true);
      answer.put("rules", rules);
    } catch (Exception refusal) {
      answer.put("accepted", false);
      answer.put("line", place.line(refusal));
      answer.put("message", messages(refusal));
    }
    return answer;
  }

  private static Object rules(Request request, Place place) throws Exception {
    switch (request.kind) {
      case "tokens":
        return tokens(request);
      case "time":
        return seconds(request);
      case "synonyms":
      case "wordnet-synonyms":
        return expansions(synonyms(request, place));
      case "stemmer-override":
        return stemmerOverride(request, place);
      case "word-delimiter-types":
        return types(request, place);
      case "char-mappings":
        return mappings(request, place);
      case "kuromoji-user-dictionary":
        return kuromoji(request, place);
      case "nori-user-dictionary":
        return nori(request, place);
      case "hyphenation-patterns":
        new HyphenationTree().loadPatterns(new InputSource(new ByteArrayInputStream(request.data)));
        return List.of();
      default:
        return words(request);
    }
  }

  /** Return the messages of the exception and its causes, as in a log. */
  private static String messages(Throwable refusal) {
    StringBuilder all = new StringBuilder(refusal.toString());
    for (Throwable cause = refusal.getCause(); cause != null; cause = cause.getCause()) {
      all.append("; caused by: ").append(cause);
    }
    return all.toString();
  }

  /** The physical line being read, from 1; 0 between lines. */
  private static final class Place {
    int number;

    Integer line(Exception refusal) {
      Matcher line = Pattern.compile("Invalid synonym rule at line (\\d+)").matcher("" + refusal.getMessage());
      if (line.find()) {
        return Integer.valueOf(line.group(1));
      }
      return number == 0 ? null : Integer.valueOf(number);
    }
  }

  // ---- Synonyms: Lucene's own code, except for `lenient`. ----

  private static SynonymMap synonyms(Request request, Place place) throws Exception {
    Analyzer analyzer = analyzer(request);
    if (request.kind.equals("wordnet-synonyms")) {
      LenientWordnet parser = new LenientWordnet(request.expand, request.lenient, analyzer);
      parser.parse(new OneLineARead(request.reader(), place));
      return parser.build();
    }
    LenientSolr parser = new LenientSolr(request.expand, request.lenient, analyzer);
    parser.parse(request.reader());
    return parser.build();
  }

  private static Analyzer analyzer(Request request) {
    CharArraySet stopwords = new CharArraySet(request.stopwords, false);
    return new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer tokenizer = tokenizer(request.tokenizer);
        TokenStream stream = request.lowercase ? new LowerCaseFilter(tokenizer) : tokenizer;
        stream = stopwords.isEmpty() ? stream : new StopFilter(stream, stopwords);
        return new TokenStreamComponents(tokenizer, stream);
      }
    };
  }

  private static Tokenizer tokenizer(String name) {
    switch (name) {
      case "whitespace":
        return new WhitespaceTokenizer();
      case "keyword":
        return new KeywordTokenizer();
      case "standard":
        return new StandardTokenizer();
      default:
        throw new IllegalArgumentException("no tokenizer: " + name);
    }
  }

  /** Re-implements OpenSearch's OpenSearchSolrSynonymParser: a rejected term is empty and adds nothing. */
  private static final class LenientSolr extends SolrSynonymParser {
    private final boolean lenient;

    LenientSolr(boolean expand, boolean lenient, Analyzer analyzer) {
      super(true, expand, analyzer);
      this.lenient = lenient;
    }

    @Override
    public void add(CharsRef input, CharsRef output, boolean includeOrig) {
      if (!lenient || Math.min(input.length, output.length) > 0) {
        super.add(input, output, includeOrig);
      }
    }

    @Override
    public CharsRef analyze(String text, CharsRefBuilder reuse) throws IOException {
      try {
        return super.analyze(text, reuse);
      } catch (IllegalArgumentException refused) {
        if (lenient) {
          return new CharsRef("");
        }
        throw refused;
      }
    }
  }

  /** Re-implements OpenSearch's OpenSearchWordnetSynonymParser, likewise. */
  private static final class LenientWordnet extends WordnetSynonymParser {
    private final boolean lenient;

    LenientWordnet(boolean expand, boolean lenient, Analyzer analyzer) {
      super(true, expand, analyzer);
      this.lenient = lenient;
    }

    @Override
    public void add(CharsRef input, CharsRef output, boolean includeOrig) {
      if (!lenient || Math.min(input.length, output.length) > 0) {
        super.add(input, output, includeOrig);
      }
    }

    @Override
    public CharsRef analyze(String text, CharsRefBuilder reuse) throws IOException {
      try {
        return super.analyze(text, reuse);
      } catch (IllegalArgumentException refused) {
        if (lenient) {
          return new CharsRef("");
        }
        throw refused;
      }
    }
  }

  /** Returns one line at a time, so that the line of a parser's failure is known. */
  private static final class OneLineARead extends Reader {
    private final BufferedReader lines;
    private final Place place;
    private String rest = "";

    OneLineARead(Reader lines, Place place) {
      this.lines = new BufferedReader(lines);
      this.place = place;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      if (rest.isEmpty()) {
        String line = lines.readLine();
        if (line == null) {
          return -1;
        }
        place.number++;
        rest = line + "\n";
      }
      int count = Math.min(length, rest.length());
      rest.getChars(0, count, target, offset);
      rest = rest.substring(count);
      return count;
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  /**
   * Return [input, [output, ...], original is kept] for each input, with words separated by U+0000.
   *
   * An output of the map's FST is written by SynonymMap.Builder.build and read by SynonymGraphFilter: the
   * number of outputs, twice, and one more when the original is dropped; then the number of each output.
   */
  private static List<Object> expansions(SynonymMap map) throws IOException {
    List<Object> rules = new ArrayList<>();
    if (map.fst == null) {
      return rules;
    }
    IntsRefFSTEnum<BytesRef> inputs = new IntsRefFSTEnum<>(map.fst);
    for (IntsRefFSTEnum.InputOutput<BytesRef> each; (each = inputs.next()) != null; ) {
      ByteArrayDataInput coded =
          new ByteArrayDataInput(each.output.bytes, each.output.offset, each.output.length);
      int code = coded.readVInt();
      List<String> outputs = new ArrayList<>();
      for (int count = code >>> 1; count > 0; count--) {
        outputs.add(map.words.get(coded.readVInt(), new BytesRef()).utf8ToString());
      }
      IntsRef input = each.input;
      rules.add(List.of(new String(input.ints, input.offset, input.length), outputs, (code & 1) == 0));
    }
    return rules;
  }

  /** Return text and position increment of each token. */
  private static List<Object> tokens(Request request) throws IOException {
    List<Object> tokens = new ArrayList<>();
    try (TokenStream stream = analyzer(request).tokenStream("", request.text())) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        tokens.add(List.of(term.toString(), increment.getPositionIncrement()));
      }
      stream.end();
    }
    return tokens;
  }

  /** Return the processor seconds of several rounds of parsing Solr synonyms and building their map. */
  private static List<Object> seconds(Request request) throws Exception {
    List<Object> seconds = new ArrayList<>();
    for (int round = 0; round < request.rounds; round++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      SolrSynonymParser parser = new SolrSynonymParser(true, request.expand, analyzer(request));
      parser.parse(request.reader());
      parser.build();
      seconds.add((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9);
    }
    return seconds;
  }

  // ---- Lines of the other kinds: re-implements OpenSearch's Analysis. ----

  private static final class Entry {
    final String text;
    final int line;

    Entry(String text, int line) {
      this.text = text;
      this.line = line;
    }
  }

  /** Analysis.loadWordList (old and new) and the new parseWordList: they differ in comments. */
  private static List<Entry> entries(Request request, boolean withoutComments, boolean areRules)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    BufferedReader lines = new BufferedReader(request.reader());
    int number = 0;
    for (String line; (line = lines.readLine()) != null; ) {
      number++;
      boolean hasText = !line.chars().allMatch(unit -> Character.isWhitespace((char) unit));
      boolean isComment =
          (request.isOld ? line : line.trim()).startsWith("#")
              && !(areRules && request.hasHashRules && HASH_RULE.matcher(line.trim()).lookingAt());
      if (hasText && !(withoutComments && isComment)) {
        entries.add(new Entry(line.trim(), number));
      }
    }
    return entries;
  }

  /** Return each word as in the set. Named lists such as _english_ are unchanged. */
  private static List<Object> words(Request request) throws IOException {
    List<String> words = new ArrayList<>();
    entries(request, true, false).forEach(entry -> words.add(entry.text));
    List<Object> kept = new ArrayList<>();
    for (Object word : new CharArraySet(words, false)) {
      kept.add(List.of(new String((char[]) word)));
    }
    return kept;
  }

  /** StemmerOverrideTokenFilterFactory.parseRules; the map is Lucene's. */
  private static List<Object> stemmerOverride(Request request, Place place) throws IOException {
    StemmerOverrideFilter.Builder builder = new StemmerOverrideFilter.Builder(false);
    Set<String> keys = new LinkedHashSet<>();
    for (Entry entry : entries(request, true, true)) {
      place.number = entry.line;
      int arrow = entry.text.indexOf("=>");
      if (arrow < 0 || entry.text.indexOf("=>", arrow + 2) >= 0) {
        throw new RuntimeException("Invalid Keyword override Rule:" + entry.text);
      }
      String stem = entry.text.substring(arrow + 2).trim();
      if (stem.isEmpty() || stem.contains(",")) {
        throw new RuntimeException("Invalid Keyword override Rule:" + entry.text);
      }
      for (String key : entry.text.substring(0, arrow).split(",", -1)) {
        if (key.trim().isEmpty()) {
          throw new RuntimeException("Invalid Keyword override Rule:" + entry.text);
        }
        builder.add(key.trim(), stem);
        keys.add(key.trim());
      }
    }
    place.number = 0;
    StemmerOverrideFilter.StemmerOverrideMap map = builder.build();
    List<Object> rules = new ArrayList<>();
    for (String key : keys) {
      FST.Arc<BytesRef> arc = new FST.Arc<>();
      BytesRef stem = map.get(key.toCharArray(), key.length(), arc, map.getBytesReader());
      rules.add(List.of(key, stem.utf8ToString()));
    }
    return rules;
  }

  private static final Pattern HASH_RULE = Pattern.compile("#\\s*=>");
  private static final Pattern RULE = Pattern.compile("(.*)\\s*=>\\s*(.*)\\s*$");

  /** Both sides of a rule, still escaped: the pattern of MappingCharFilterFactory and others. */
  private static String[] sides(Entry entry) {
    Matcher found = RULE.matcher(entry.text);
    if (!found.find()) {
      throw new RuntimeException("Invalid Mapping Rule : [" + entry.text + "]");
    }
    return new String[] {found.group(1).trim(), found.group(2).trim()};
  }

  /** parseString of MappingCharFilterFactory and of WordDelimiterTokenFilterFactory, which are equal. */
  private static String unescaped(String side) {
    StringBuilder plain = new StringBuilder();
    int at = 0;
    while (at < side.length()) {
      char unit = side.charAt(at++);
      if (unit == '\\') {
        if (at == side.length()) {
          throw new RuntimeException("Invalid escaped char in [" + side + "]");
        }
        unit = side.charAt(at++);
        int named = "ntrbf".indexOf(unit);
        if (named >= 0) {
          unit = "\n\t\r\b\f".charAt(named);
        } else if (unit == 'u') {
          if (side.length() - at < 4) {
            throw new RuntimeException("Invalid escaped char in [" + side + "]");
          }
          unit = (char) Integer.parseInt(side.substring(at, at + 4), 16);
          at += 4;
        }
      }
      if (plain.length() == 256) { // its buffer's size
        throw new ArrayIndexOutOfBoundsException("Index 256 out of bounds for length 256");
      }
      plain.append(unit);
    }
    return plain.toString();
  }

  /** WordDelimiterTokenFilterFactory.parseTypes, also of the graph filter. */
  private static List<Object> types(Request request, Place place) throws IOException {
    Set<String> names = Set.of("LOWER", "UPPER", "ALPHA", "DIGIT", "ALPHANUM", "SUBWORD_DELIM");
    Map<Character, String> table = new LinkedHashMap<>();
    for (Entry entry : entries(request, true, true)) {
      place.number = entry.line;
      String[] sides = sides(entry);
      String character = unescaped(sides[0]);
      if (character.length() != 1) {
        throw new RuntimeException(
            "Invalid Mapping Rule : [" + entry.text + "]. Only a single character is allowed.");
      }
      if (!names.contains(sides[1])) {
        throw new RuntimeException("Invalid Mapping Rule : [" + entry.text + "]. Illegal type.");
      }
      table.put(character.charAt(0), sides[1]);
    }
    place.number = 0;
    if (table.isEmpty()) {
      throw new NoSuchElementException(); // by SortedMap.lastKey
    }
    List<Object> rules = new ArrayList<>();
    table.forEach((character, type) -> rules.add(List.of(character.toString(), type)));
    return rules;
  }

  /** MappingCharFilterFactory.parseRules (old) and parse (new, which reads every rule first); Lucene's map. */
  private static List<Object> mappings(Request request, Place place) throws IOException {
    List<Entry> entries = entries(request, request.hasComments, true);
    if (!request.isOld) {
      for (Entry entry : entries) {
        place.number = entry.line;
        for (String side : sides(entry)) {
          unescaped(side);
        }
      }
    }
    NormalizeCharMap.Builder builder = new NormalizeCharMap.Builder();
    List<String> keys = new ArrayList<>();
    for (Entry entry : entries) {
      place.number = entry.line;
      String[] sides = sides(entry);
      String from = unescaped(sides[0]);
      String to = unescaped(sides[1]);
      builder.add(from, to);
      keys.add(from);
    }
    place.number = 0;
    NormalizeCharMap map = builder.build();
    List<Object> rules = new ArrayList<>();
    for (String key : keys) {
      StringBuilder mapped = new StringBuilder();
      Reader filter = new MappingCharFilter(map, new StringReader(key));
      for (int unit; (unit = filter.read()) >= 0; ) {
        mapped.append((char) unit);
      }
      rules.add(List.of(key, mapped.toString()));
    }
    return rules;
  }

  /** KuromojiTokenizerFactory.getUserDictionary, which looks for duplicates; the dictionary is Lucene's. */
  private static List<Object> kuromoji(Request request, Place place) throws IOException {
    List<Entry> entries = entries(request, !request.isOld, false);
    Set<String> surfaces = new LinkedHashSet<>();
    for (Entry entry : entries) {
      place.number = entry.line;
      if (entry.text.startsWith("#")) {
        continue;
      }
      String[] columns = CSVUtil.parse(entry.text);
      if (!request.isOld && columns.length == 0) {
        throw new IllegalArgumentException("Malformed csv in user dictionary.");
      }
      if (!surfaces.add(columns[0])) {
        throw new IllegalArgumentException("Found duplicate term [" + columns[0] + "] in user dictionary.");
      }
    }
    place.number = 0;
    List<Object> rules = new ArrayList<>();
    if (entries.isEmpty()) {
      return rules;
    }
    place.number = refusedLine(entries, org.apache.lucene.analysis.ja.dict.UserDictionary::open);
    org.apache.lucene.analysis.ja.dict.UserDictionary dictionary =
        org.apache.lucene.analysis.ja.dict.UserDictionary.open(new StringReader(joined(entries)));
    if (dictionary == null) {
      return rules;
    }
    // Phrases are numbered in the order of their surfaces.
    // [surface, [segment, ...], [reading, ...], [part of speech]].
    TreeSet<String> phrases = new TreeSet<>();
    for (Entry entry : entries) {
      String phrase = entry.text.replaceAll("#.*$", ""); // as UserDictionary.open of Lucene 8 does
      if (!phrase.trim().isEmpty()) {
        phrases.add(CSVUtil.parse(phrase)[0]);
      }
    }
    int number = 0;
    for (String surface : phrases) {
      if (surface.isEmpty()) { // is loaded, matches no text, and cannot be looked up
        number++;
        continue;
      }
      int[] phrase = dictionary.lookupSegmentation(number++);
      List<Object> segments = new ArrayList<>();
      List<Object> readings = new ArrayList<>();
      int from = 0;
      for (int segment = 1; segment < phrase.length; segment++) {
        int to = Math.min(from + phrase[segment], surface.length());
        segments.add(surface.substring(from, to));
        readings.add(reading(dictionary, phrase[0] + segment - 1));
        from = to;
      }
      rules.add(List.of(surface, segments, readings, partOfSpeech(dictionary, phrase[0])));
    }
    return rules;
  }

  /** Return the reading; empty if the word has none, which Lucene detects only when it is read. */
  private static String reading(org.apache.lucene.analysis.ja.dict.UserDictionary dictionary, int word) {
    try {
      return "" + dictionary.getReading(word, new char[0], 0, 0);
    } catch (ArrayIndexOutOfBoundsException none) {
      return "";
    }
  }

  /** Return the part of speech; empty if the word lacks one, which Lucene detects only when it is read. */
  private static List<String> partOfSpeech(
      org.apache.lucene.analysis.ja.dict.UserDictionary dictionary, int word) {
    try {
      return List.of(dictionary.getPartOfSpeech(word));
    } catch (ArrayIndexOutOfBoundsException none) {
      return List.of();
    }
  }

  private interface Opening {
    Object open(Reader lines) throws IOException;
  }

  /** Return the first line that keeps the dictionary from opening, 0 if it opens. Lucene reports no line. */
  private static int refusedLine(List<Entry> entries, Opening opening) {
    for (int count = 1; count <= entries.size(); count++) {
      try {
        opening.open(new StringReader(joined(entries.subList(0, count))));
      } catch (IOException | RuntimeException refused) {
        return entries.get(count - 1).line;
      }
    }
    return 0;
  }

  private static String joined(List<Entry> entries) {
    StringBuilder lines = new StringBuilder();
    entries.forEach(entry -> lines.append(entry.text).append('\n'));
    return lines.toString();
  }

  /** NoriTokenizerFactory.getUserDictionary; the dictionary is Lucene's. */
  private static List<Object> nori(Request request, Place place) throws IOException {
    List<Entry> entries = entries(request, true, false);
    List<Object> rules = new ArrayList<>();
    if (entries.isEmpty()) {
      return rules;
    }
    place.number = refusedLine(entries, org.apache.lucene.analysis.ko.dict.UserDictionary::open);
    org.apache.lucene.analysis.ko.dict.UserDictionary dictionary =
        org.apache.lucene.analysis.ko.dict.UserDictionary.open(new StringReader(joined(entries)));
    if (dictionary == null) {
      return rules;
    }
    Set<String> surfaces = new LinkedHashSet<>();
    for (Entry entry : entries) {
      String noun = entry.text.replaceAll("#.*$", ""); // as UserDictionary.open of Lucene 8 does
      if (!noun.trim().isEmpty()) {
        surfaces.add(noun.split("\\s+")[0]);
      }
    }
    // The prefixes of a surface come first, the surface itself last. [surface, [part, ...]].
    for (String surface : surfaces) {
      char[] text = surface.toCharArray();
      List<Integer> found = dictionary.lookup(text, 0, text.length);
      List<Object> parts = new ArrayList<>();
      if (!found.isEmpty()) {
        int itself = (int) surfaces.stream().filter(surface::startsWith).count() - 1;
        Morpheme[] morphemes = dictionary.getMorphemes(found.get(itself), text, 0, text.length);
        for (int part = 0; morphemes != null && part < morphemes.length; part++) {
          parts.add(morphemes[part].surfaceForm);
        }
      }
      rules.add(List.of(surface, parts));
    }
    return rules;
  }

  // ---- Requests and responses. ----

  private static final class Request {
    final String kind;
    final byte[] data;
    final String tokenizer;
    final boolean lowercase;
    final List<String> stopwords;
    final boolean expand;
    final boolean lenient;
    final boolean isOld;
    final boolean hasComments;
    final boolean hasHashRules;
    final int rounds;

    Request(String line) {
      Map<String, String> fields = new HashMap<>();
      for (String field : line.split("\t")) {
        int equals = field.indexOf('=');
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
      kind = fields.get("kind");
      data = Base64.getDecoder().decode(fields.getOrDefault("data", ""));
      tokenizer = fields.getOrDefault("tokenizer", "whitespace");
      lowercase = fields.getOrDefault("lowercase", "false").equals("true");
      String words = decoded(fields.getOrDefault("stopwords", ""));
      stopwords = words.isEmpty() ? List.of() : Arrays.asList(words.split("\n"));
      expand = fields.getOrDefault("expand", "true").equals("true");
      lenient = fields.getOrDefault("lenient", "false").equals("true");
      isOld = fields.getOrDefault("engine", "new").equals("old");
      hasComments = fields.getOrDefault("comments", "true").equals("true");
      hasHashRules = fields.getOrDefault("hash-rules", "true").equals("true");
      rounds = Integer.parseInt(fields.getOrDefault("rounds", "1"));
    }

    private static String decoded(String base64) {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** As Files.newBufferedReader: rejects bytes that are not UTF-8. */
    Reader reader() {
      return new InputStreamReader(new ByteArrayInputStream(data), StandardCharsets.UTF_8.newDecoder());
    }

    String text() {
      return new String(data, StandardCharsets.UTF_8);
    }
  }

  private static final class Json {
    static String of(Object value) {
      StringBuilder json = new StringBuilder();
      write(value, json);
      return json.toString();
    }

    private static void write(Object value, StringBuilder json) {
      if (value == null || value instanceof Boolean || value instanceof Number) {
        json.append(value);
      } else if (value instanceof Map) {
        String divider = "{";
        for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
          json.append(divider);
          write(member.getKey(), json);
          json.append(": ");
          write(member.getValue(), json);
          divider = ", ";
        }
        json.append("}");
      } else if (value instanceof Collection) {
        String divider = "[";
        for (Object member : (Collection<?>) value) {
          json.append(divider);
          write(member, json);
          divider = ", ";
        }
        json.append(divider.equals("[") ? "[]" : "]");
      } else {
        json.append('"');
        value.toString().chars().forEach(unit -> write((char) unit, json));
        json.append('"');
      }
    }

    private static void write(char unit, StringBuilder json) {
      if (unit == '"' || unit == '\\') {
        json.append('\\').append(unit);
      } else if (unit < ' ' || unit > '~') {
        json.append(String.format("\\u%04x", (int) unit));
      } else {
        json.append(unit);
      }
    }
  }
}
