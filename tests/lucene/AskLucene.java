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
 * Says what Lucene makes of dictionary files. A line of standard input is a request: fields `name=value`
 * with tabs between them; a line of standard output is its answer, a JSON object.
 *
 *   kind        as in the configuration; or `tokens` (tokens of a text), or `time` (seconds to read synonyms)
 *   data        the file's bytes, base64
 *   tokenizer   whitespace, keyword or standard; with it lowercase=true, and stopwords (base64, a line each)
 *   expand, lenient
 *   engine      old (OpenSearch up to 2.3, Elasticsearch) or new, for how the lines of word lists are read
 *   comments    whether mappings have comments (until pull request 7591: OpenSearch 2.9 and 1.3.11)
 *
 * Answers: {"accepted": true, "rules": [...]} or {"accepted": false, "line": 3 or null, "message": "..."}.
 * A rule is a list whose first member is what the rule is about.
 *
 * What is Lucene's own: SolrSynonymParser, WordnetSynonymParser, SynonymMap, all tokenizers and filters,
 * StemmerOverrideFilter, NormalizeCharMap and MappingCharFilter, both UserDictionary, CSVUtil, HyphenationTree.
 * OpenSearch cannot be installed here; what it does before Lucene is rebuilt after its sources, in methods
 * that say so and name the class.
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

  /** The exception's message and those of its causes, as a log shows them. */
  private static String messages(Throwable refusal) {
    StringBuilder all = new StringBuilder(refusal.toString());
    for (Throwable cause = refusal.getCause(); cause != null; cause = cause.getCause()) {
      all.append("; caused by: ").append(cause);
    }
    return all.toString();
  }

  /** The physical line that is being read, from 1; 0 while none is. */
  private static final class Place {
    int number;

    Integer line(Exception refusal) {
      Matcher told = Pattern.compile("Invalid synonym rule at line (\\d+)").matcher("" + refusal.getMessage());
      if (told.find()) {
        return Integer.valueOf(told.group(1));
      }
      return number == 0 ? null : Integer.valueOf(number);
    }
  }

  // ---- Synonyms: all of it Lucene's, but for `lenient`. ----

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

  /** Rebuilt after OpenSearch's OpenSearchSolrSynonymParser: a refused term is empty, and adds nothing. */
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

  /** Rebuilt after OpenSearch's OpenSearchWordnetSynonymParser, which does the same. */
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

  /** Hands out a line at a time, so that it is known which one was being read when a parser failed. */
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
   * Of each input [input, [output, ...], whether the original is kept], words divided by U+0000.
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

  /** Of each token its text and its position increment. */
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

  /** The processor's seconds to read Solr synonyms and build their map, of several rounds in one JVM. */
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

  // ---- Lines of everything else: rebuilt after OpenSearch's Analysis. ----

  private static final class Entry {
    final String text;
    final int line;

    Entry(String text, int line) {
      this.text = text;
      this.line = line;
    }
  }

  /** Analysis.loadWordList (old and new) and, of the new one, parseWordList: they differ in comments. */
  private static List<Entry> entries(Request request, boolean withoutComments) throws IOException {
    List<Entry> entries = new ArrayList<>();
    BufferedReader lines = new BufferedReader(request.reader());
    int number = 0;
    for (String line; (line = lines.readLine()) != null; ) {
      number++;
      boolean hasText = !line.chars().allMatch(unit -> Character.isWhitespace((char) unit));
      boolean isComment = (request.isOld ? line : line.trim()).startsWith("#");
      if (hasText && !(withoutComments && isComment)) {
        entries.add(new Entry(line.trim(), number));
      }
    }
    return entries;
  }

  /** Each word as the set has it. Named lists such as _english_ are left as they are. */
  private static List<Object> words(Request request) throws IOException {
    List<String> words = new ArrayList<>();
    entries(request, true).forEach(entry -> words.add(entry.text));
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
    for (Entry entry : entries(request, true)) {
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

  private static final Pattern RULE = Pattern.compile("(.*)\\s*=>\\s*(.*)\\s*$");

  /** Both sides of a rule, still escaped: the pattern that MappingCharFilterFactory and others look for. */
  private static String[] sides(Entry entry) {
    Matcher found = RULE.matcher(entry.text);
    if (!found.find()) {
      throw new RuntimeException("Invalid Mapping Rule : [" + entry.text + "]");
    }
    return new String[] {found.group(1).trim(), found.group(2).trim()};
  }

  /** MappingCharFilterFactory.parseString and that of WordDelimiterTokenFilterFactory, which are the same. */
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
    for (Entry entry : entries(request, true)) {
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
    List<Entry> entries = entries(request, request.hasComments);
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
    List<Entry> entries = entries(request, false);
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
      if (surface.isEmpty()) { // is loaded, found in no text, and cannot be asked about
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

  /** Empty where all of the word's features are, which Lucene notices as late as somebody asks for one. */
  private static String reading(org.apache.lucene.analysis.ja.dict.UserDictionary dictionary, int word) {
    try {
      return "" + dictionary.getReading(word, new char[0], 0, 0);
    } catch (ArrayIndexOutOfBoundsException none) {
      return "";
    }
  }

  /** Nothing where it is empty, which Lucene notices as late as somebody asks for it. */
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

  /** The line without which, and those behind it, the dictionary opens; 0 when it opens. Lucene tells none. */
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
    List<Entry> entries = entries(request, true);
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
    // The words that a surface begins with come first, itself the last of them. [surface, [part, ...]].
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

  // ---- Requests and answers. ----

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
      hasComments = fields.getOrDefault("comments", "false").equals("true");
      rounds = Integer.parseInt(fields.getOrDefault("rounds", "1"));
    }

    private static String decoded(String base64) {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** As Files.newBufferedReader: bytes that are not UTF-8 are refused. */
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
